"""Names of days and months come in English, and never from a file."""

from typing import Any

import pandas as pd
import pytest
from pandas._libs.tslibs import fields

from stratbox_runner import quiet


def test_there_are_english_names_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "set_locale", quiet._english)
    day = pd.Timestamp("2024-03-01")
    assert (day.day_name(locale="en_US.UTF-8"), day.month_name(locale="C"), day.day_name()) == (
        "Friday",
        "March",
        "Friday",
    )
    days: Any = pd.date_range("2024", periods=2)
    with pytest.raises(ValueError, match="zh_TW"):
        days.day_name(locale="zh_TW.UTF-8")
