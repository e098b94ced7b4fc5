"""Whatever honest code leaves becomes a position table; what cannot become one is refused with what to do instead."""

import datetime
import struct
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from stratbox_runner.positions import InvalidPositionError, encode

DATES = pd.DatetimeIndex(["2024-01-02", "2024-01-03", "2024-01-04"])
DAYS = [19724, 19725, 19726]


def table(cells: Any, index: Any = DATES, columns: Any = ("1101", "2330")) -> pd.DataFrame:
    return pd.DataFrame(cells, index=index, columns=list(columns))


FLAGS = [[True, False], [False, False], [True, True]]
FLAG_BYTES = [1, 0, 0, 0, 1, 1]
NAN = float("nan")


def decode(position: object) -> tuple[Any, list[str], npt.NDArray[Any]]:
    head, cells = encode(position)
    magic, rows, columns, kind, names, zero = struct.unpack_from("<4sIIIII", head)
    assert (magic, zero, len(head) % 8) == (b"POS1", 0, 0)
    assert cells.nbytes == rows * columns * (1 if kind == 1 else 8)
    days = np.frombuffer(head, "<i4", rows, 24).tolist()
    section = head[24 + 4 * rows : 24 + 4 * rows + names].decode()
    return days, section.split("\n")[:columns], np.frombuffer(cells, np.uint8 if kind == 1 else np.float64)


HONEST: dict[str, tuple[Callable[[], object], npt.DTypeLike, Sequence[float]]] = {
    "flags": (lambda: table(FLAGS), np.uint8, FLAG_BYTES),
    "flags in Fortran order": (lambda: table(np.asfortranarray(FLAGS)), np.uint8, FLAG_BYTES),
    "every second row of a table": (lambda: table(np.repeat(FLAGS, 2, axis=0), np.repeat(DATES, 2))[::2], np.uint8, FLAG_BYTES),
    "objects that are flags": (lambda: table(FLAGS).astype(object), np.uint8, FLAG_BYTES),
    "flags that a shift made objects": (lambda: table(FLAGS).shift(1), np.uint8, [0, 0, 1, 0, 0, 0]),
    "flags that may be missing": (lambda: table(FLAGS).astype("boolean").shift(1), np.uint8, [0, 0, 1, 0, 0, 0]),
    "flags beside objects": (lambda: table(FLAGS).astype({"1101": object}), np.uint8, FLAG_BYTES),
    "zeros and ones": (lambda: table(FLAGS).astype(int), np.float64, FLAG_BYTES),
    "small integers": (lambda: table(FLAGS).astype("int8"), np.float64, FLAG_BYTES),
    "integers that may be missing": (lambda: table(FLAGS).astype("Int64").shift(1), np.float64, [NAN, NAN, 1, 0, 0, 0]),
    "weights": (lambda: table([[0.5, NAN], [0, -0.25], [1, 0]]), np.float64, [0.5, NAN, 0, -0.25, 1, 0]),
    "single precision": (lambda: table(FLAGS).astype("float32") / 4, np.float64, [0.25, 0, 0, 0, 0.25, 0.25]),
    "weights as objects": (lambda: (table(FLAGS) * 0.5).astype(object), np.float64, [0.5, 0, 0, 0, 0.5, 0.5]),
    "flags beside weights": (lambda: table(FLAGS).assign(**{"2330": 0.5}), np.float64, [1, 0.5, 0, 0.5, 1, 0.5]),
    "flags whose gaps became numbers": (
        lambda: table(FLAGS).shift(1).astype(object).where(lambda x: x.notna(), 0), np.float64, [0, 0, 1, 0, 0, 0],
    ),
    "dates as text": (lambda: table(FLAGS, DATES.strftime("%Y-%m-%d")), np.uint8, FLAG_BYTES),
    "dates as dates": (lambda: table(FLAGS, [datetime.date(2024, 1, d) for d in (2, 3, 4)]), np.uint8, FLAG_BYTES),
    "dates as days": (lambda: table(FLAGS, DATES.to_period("D")), np.uint8, FLAG_BYTES),
    "dates with a time of day": (lambda: table(FLAGS, DATES + pd.Timedelta(hours=13.5)), np.uint8, FLAG_BYTES),
    "dates with a time zone": (lambda: table(FLAGS, DATES.tz_localize("Asia/Taipei")), np.uint8, FLAG_BYTES),
    "stock ids as numbers": (lambda: table(FLAGS, columns=(1101, np.int64(2330))), np.uint8, FLAG_BYTES),
    "a series by date and stock": (lambda: table(FLAGS).stack(future_stack=True), np.uint8, FLAG_BYTES),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_honest_tables_are_taken(name: str) -> None:
    make, dtype, cells = HONEST[name]
    days, symbols, got = decode(make())
    assert (days, symbols, got.dtype) == (DAYS, ["1101", "2330"], dtype)
    np.testing.assert_array_equal(got, np.asarray(cells, got.dtype))


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a list": (lambda: [1, 2], "the position is a list; return a DataFrame"),
    "an array": (lambda: np.ones((2, 2)), "the position is a ndarray"),
    "a row": (lambda: table(FLAGS).iloc[-1], r"is a Series.*\.to_frame\(\)"),
    "no rows": (lambda: table(FLAGS).iloc[:0], r"is empty \(0 rows, 2 columns\)"),
    "no columns": (lambda: table(FLAGS)[[]], "is empty"),
    "levels of columns": (lambda: pd.concat({"a": table(FLAGS)}, axis=1), "several levels of labels; unstack"),
    "texts as cells": (lambda: table([["buy", "sell"]] * 3), "is not numeric .*'1101' holds object"),
    "texts of numbers as cells": (lambda: table([["1", "0"]] * 3), "'1101' holds object"),
    "a text between numbers": (lambda: table([[1, 0], [0, "x"], [1, 1]]), "'2330' holds object"),
    "texts of pandas": (lambda: table([["1", "0"]] * 3).astype("string"), "holds string"),
    "dates as cells": (lambda: table(FLAGS).assign(**{"2330": DATES}), "'2330' holds datetime64"),
    "categories as cells": (lambda: table([["buy", "sell"]] * 3).astype("category"), "holds category"),
    "complex cells": (lambda: table(FLAGS) * 1j, "holds complex"),
    "numbers as dates": (lambda: table(FLAGS, [0, 1, 2]), "no date index .*starts with '0'"),
    "words as dates": (lambda: table(FLAGS, ["a", "b", "c"]), "no date index"),
    "a missing date": (lambda: table(FLAGS, [DATES[0], pd.NaT, DATES[2]]), "missing dates"),
    "a column that is a date": (lambda: table(FLAGS, columns=(DATES[0], "2330")), "column '2024-01-02 00:00:00' that is no"),
    "a column name with a line feed": (lambda: table(FLAGS, columns=("11\n01", "2330")), "no stock id"),
    "a column name that is a flag": (lambda: table(FLAGS, columns=(True, "2330")), "no stock id"),
    "a column name without end": (lambda: table(FLAGS, columns=("x" * 65, "2330")), "no stock id"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_other_things_are_refused_with_advice(name: str) -> None:
    make, advice = REFUSED[name]
    with pytest.raises(InvalidPositionError, match=advice):
        encode(make())


def test_a_table_of_flags_is_not_copied_into_floats() -> None:
    big = pd.DataFrame(
        np.zeros((500, 400), bool), index=pd.bdate_range("2020-01-01", periods=500), columns=range(1000, 1400)
    )
    assert encode(big)[1].nbytes == 500 * 400
