"""What a strategy leaves behind, turned into the byte layout of a position table.

Honest code leaves many things: frames of flags, integers, floats, objects that are flags and NaN after a shift, one row
as a Series, dates as strings. All of it is taken; what cannot be a position table is refused with a sentence that says
what to return instead. The runner checks every byte again.
"""

import datetime
import struct
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

_HEADER = struct.Struct("<4sIIIII")
_MAGIC = b"POS1"
_FLAGS = 1
_WEIGHTS = 2
# What pandas calls a column of objects that are all flags or numbers.
_NUMBERS = frozenset({"boolean", "integer", "floating", "mixed-integer-float", "empty"})


class InvalidPositionError(ValueError):
    """The value cannot be a position table; the text says what to return instead."""


def encode(position: object) -> tuple[bytes, memoryview]:
    """The layout's head and cells. Raises InvalidPositionError."""
    table = _table(position)
    days = _days(table.index)
    names = b"".join(_name(label) + b"\n" for label in table.columns)
    cells = _cells(table)
    flags = cells.dtype == np.uint8
    head = _HEADER.pack(_MAGIC, *table.shape, _FLAGS if flags else _WEIGHTS, len(names), 0) + days.tobytes() + names
    head += b"\0" * (-len(head) % 8)
    return head, memoryview(cells.reshape(-1)).cast("B")


def _table(position: object) -> pd.DataFrame:
    if isinstance(position, pd.DataFrame):
        table = position
    elif isinstance(position, pd.Series):
        table = _from_series(position)
    else:
        raise InvalidPositionError(
            f"the position is a {type(position).__name__}; return a DataFrame with dates as index and stock ids as columns"
        )
    if table.shape[0] == 0 or table.shape[1] == 0:
        raise InvalidPositionError(
            f"the position table is empty ({table.shape[0]} rows, {table.shape[1]} columns); "
            "return one row per date and one column per stock id"
        )
    if isinstance(table.columns, pd.MultiIndex) or isinstance(table.index, pd.MultiIndex):
        raise InvalidPositionError("the position table has several levels of labels; unstack it to dates x stock ids")
    return table


def _from_series(series: "pd.Series") -> pd.DataFrame:
    """A Series with levels (date, stock id) is a table in another shape; any other is not."""
    if isinstance(series.index, pd.MultiIndex) and series.index.nlevels == 2 and series.index.is_unique:
        return series.unstack()
    raise InvalidPositionError(
        "the position is a Series; return a DataFrame with dates as index and stock ids as columns "
        "(for one row use .to_frame().T, for one stock .to_frame())"
    )


def _days(index: "pd.Index") -> npt.NDArray[np.int32]:
    """Days since 1970-01-01. Times of day are dropped, time zones keep their wall clock."""
    if not isinstance(index, pd.DatetimeIndex):
        index = _parsed(index)
    if index.tz is not None:
        index = index.tz_localize(None)
    if index.hasnans:
        raise InvalidPositionError("the index of the position table has missing dates (NaT); drop those rows")
    days = index.to_numpy(dtype="datetime64[D]").astype(np.int64)
    if (days < -(2**31)).any() or (days >= 2**31).any():
        raise InvalidPositionError("the index of the position table has dates that no market had")
    return days.astype("<i4")


def _parsed(index: "pd.Index") -> pd.DatetimeIndex:
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp(how="end")
    labels = list(index)
    if all(isinstance(label, str | datetime.date | np.datetime64) for label in labels):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return pd.DatetimeIndex(pd.to_datetime(labels))
        except (ValueError, TypeError, OverflowError):
            pass
    raise InvalidPositionError(
        f"the index of the position table is no date index (it starts with {str(labels[0])[:40]!r}); "
        "use the index of data.get(...)"
    )


def _name(label: object) -> bytes:
    """A stock id as text. Numbers are what a reset or a read left of ids such as 2330."""
    if isinstance(label, int | np.integer) and not isinstance(label, bool):
        label = str(int(label))
    if not isinstance(label, str) or "\n" in label or len(label) > 64:
        raise InvalidPositionError(
            f"the position table has a column {str(label)[:40]!r} that is no stock id; use the columns of data.get(...)"
        )
    return label.encode("utf-8", "replace")[:64]


def _cells(table: pd.DataFrame) -> npt.NDArray[Any]:
    """The cells, row by row: bytes for flags, float64 otherwise. NaN means no position in both."""
    kinds = {dtype.kind for dtype in table.dtypes}
    if kinds == {"b"} and all(isinstance(dtype, np.dtype) for dtype in table.dtypes):
        return np.ascontiguousarray(table.to_numpy(dtype=bool)).view(np.uint8)
    if kinds <= {"b", "O"} and all(_is_flags(table.iloc[:, i]) for i in range(table.shape[1])):
        return np.ascontiguousarray(table.to_numpy(dtype=object, na_value=False).astype(bool)).view(np.uint8)
    strange = [i for i, dtype in enumerate(table.dtypes) if not _is_numeric(table.iloc[:, i], dtype.kind)]
    if strange:
        column, dtype = table.columns[strange[0]], table.dtypes.iloc[strange[0]]
        raise InvalidPositionError(
            f"the position table is not numeric (column {str(column)[:40]!r} holds {dtype}); "
            "return True and False, or weights as numbers"
        )
    return np.ascontiguousarray(table.to_numpy(dtype="<f8", na_value=np.nan))


def _is_flags(column: "pd.Series") -> bool:
    return column.dtype.kind == "b" or pd.api.types.infer_dtype(column, skipna=True) in ("boolean", "empty")


def _is_numeric(column: "pd.Series", kind: str) -> bool:
    if kind == "O" and pd.api.types.infer_dtype(column, skipna=True) not in _NUMBERS:
        # Flags beside numbers are numbers; texts that look like numbers are texts.
        return all(isinstance(value, bool | int | float | np.bool_ | np.number) for value in column.dropna())
    return kind in "biufO"
