from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.backtest import cases
from tests.backtest.reference import Rules, score

GOLDEN = Path(__file__).parents[3] / "internal" / "backtest" / "testdata" / "golden.json"


def flat(values: dict[str, Any]) -> list[float]:
    numbers = [v for k, v in sorted(values.items()) if k != "equity"] + values["equity"]
    return [np.nan if v is None else float(v) for v in numbers]


def test_the_committed_cases_are_what_the_generator_writes() -> None:
    committed = json.loads(GOLDEN.read_text())
    assert len(committed) == cases.CASES
    for seed, old in enumerate(committed):
        new = json.loads(json.dumps(cases.case(seed)))
        # Sums may differ in the last bit between processors; inputs may not.
        np.testing.assert_allclose(flat(old.pop("want")), flat(new.pop("want")), rtol=1e-9, atol=1e-12)
        assert old == new, f"case {seed}: run make generate-scores"


def test_the_cases_reach_every_rule() -> None:
    all_cases = json.loads(GOLDEN.read_text())
    reached: dict[str, Callable[[dict[str, Any]], object]] = {
        "conditions": lambda c: c["flags"],
        "short positions": lambda c: any((w or 0) < 0 for w in c["weights"] or []),
        "a ruin": lambda c: c["want"]["equity"][-1] == 0,
        "a stop loss": lambda c: c["stopLoss"] and c["want"]["win_rate"] is not None,
        "a limit": lambda c: c["limit"] < 1 and c["want"]["trades"],
        "a window": lambda c: c["start"] and c["want"]["trades"],
        "no position at all": lambda c: not c["want"]["trades"],
    }
    counts = {name: sum(bool(test(c)) for c in all_cases) for name, test in reached.items()}
    for resample in ("", "D", "W-SUN", "W-FRI", "W-WED", "M", "Q", "Y"):
        counts[f"resample {resample}"] = sum(c["resample"] == resample for c in all_cases)
    assert min(counts.values()) >= 3, counts


@pytest.mark.parametrize("resample", ["", "D", "M"])
def test_the_reference_itself_on_a_case_done_by_hand(resample: str) -> None:
    days = pd.to_datetime(["2024-01-30", "2024-01-31", "2024-02-01", "2024-02-02"])
    prices = pd.DataFrame({"0": [10.0, 20, 30, 60]}, index=days)
    positions = pd.DataFrame({"0": [False, True]}, index=days[:2])
    result = score(prices, positions, Rules(resample=resample, fee=0.01, tax=0.02))
    # Bought at 30 on 1 February with 1 % fee, twice as much worth the day after.
    assert result["equity"] == pytest.approx([1, 1, 0.99, 1.98])
    assert (result["trades"], result["win_rate"]) == (1, None)
    assert result["turnover"] == pytest.approx(0.5 * 252 / 4)
