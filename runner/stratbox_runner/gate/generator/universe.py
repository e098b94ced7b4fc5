"""Which objects can a strategy hold? One exemplar of every kind whose attributes the gate's list has to cover."""

import collections
import datetime
import decimal
import fractions
import functools
import itertools
import random
import re
import statistics
import time
from collections.abc import Iterator

import numpy as np
import pandas as pd

_Pair = collections.namedtuple("_Pair", ["left", "right"])


def exemplars() -> dict[str, object]:
    """Return one object of each kind, by a readable name."""
    return {**_python(), **_numpy(), **_pandas_tables(), **_pandas_windows(), **_pandas_scalars()}


def _python() -> dict[str, object]:
    def generator() -> Iterator[int]:
        yield 1

    match = re.match("a", "a")
    return {
        "str": "",
        "int": 1,
        "float": 1.0,
        "complex": 1j,
        "bool": True,
        "bytes": b"",
        "list": [],
        "tuple": (),
        "dict": {},
        "set": set(),
        "frozenset": frozenset(),
        "range": range(3),
        "slice": slice(1),
        "dict keys": {}.keys(),
        "dict values": {}.values(),
        "dict items": {}.items(),
        "enumerate": enumerate([]),
        "zip": zip((), strict=False),
        "generator": generator(),
        "function": generator,
        "partial": functools.partial(int),
        "cached function": functools.lru_cache(generator),
        "builtin": len,
        "method": [].append,
        "class": int,
        "exception": ValueError("x"),
        "key error": KeyError("x"),
        "attribute error": AttributeError("x"),
        "import error": ImportError("x"),
        "stop iteration": StopIteration(1),
        "unicode error": UnicodeError("x"),
        "file error": FileNotFoundError(2, "x"),
        "datetime": datetime.datetime(2024, 1, 2),
        "date": datetime.date(2024, 1, 2),
        "time": datetime.time(1),
        "timedelta": datetime.timedelta(1),
        "timezone": datetime.UTC,
        "pattern": re.compile("a"),
        "match": match,
        "counter": collections.Counter("ab"),
        "defaultdict": collections.defaultdict(list),
        "deque": collections.deque([1]),
        "ordered dict": collections.OrderedDict(),
        "chain map": collections.ChainMap({}),
        "named tuple": _Pair(1, 2),
        "decimal": decimal.Decimal(1),
        "fraction": fractions.Fraction(1, 2),
        "struct_time": time.gmtime(0),
        "random": random.Random(0),
        "normal": statistics.NormalDist(),
        "line": statistics.linear_regression([1, 2], [1, 2]),
        "chain": itertools.chain([]),
    }


def _numpy() -> dict[str, object]:
    return {
        "ndarray": np.array([1.0, 2.0]),
        "matrix of floats": np.eye(2),
        "masked array": np.ma.masked_invalid([1.0, np.nan]),
        "array scalar": np.float64(1),
        "int scalar": np.int64(1),
        "bool scalar": np.bool_(True),
        "datetime64": np.datetime64("2024-01-02"),
        "timedelta64": np.timedelta64(1, "D"),
        "dtype": np.dtype("f8"),
        "finfo": np.finfo(float),
        "iinfo": np.iinfo(int),
        "ufunc": np.add,
        "vectorized": np.vectorize(abs),
        "poly1d": np.poly1d([1, 2]),
        "polynomial": np.polynomial.Polynomial([1, 2]),
        "generator of numbers": np.random.default_rng(0),
        "random state": np.random.RandomState(0),
        "lstsq result": np.linalg.svd(np.eye(2)),
        "eigh result": np.linalg.eigh(np.eye(2)),
        "errstate": np.errstate(all="ignore"),
        "array function": np.mean,
    }


def _dates() -> pd.DatetimeIndex:
    return pd.date_range("2024-01-01", periods=6, name="date")


def _frame() -> pd.DataFrame:
    columns = pd.Index(["1101", "2330"], name="symbol")
    return pd.DataFrame(np.arange(12.0).reshape(6, 2), index=_dates(), columns=columns)


def _pandas_tables() -> dict[str, object]:
    frame = _frame()
    text = pd.Series(["a", "b"])
    categories = pd.Series(["a", "b"], dtype="category")
    return {
        "DataFrame": frame,
        "Series": frame["1101"],
        "text Series": text,
        "bool Series": frame["1101"] > 1,
        "categorical Series": categories,
        "date Series": frame.index.to_series(),
        "str accessor": text.str,
        "dt accessor": frame.index.to_series().dt,
        "timedelta dt accessor": pd.Series(pd.to_timedelta([1, 2], unit="D")).dt,
        "period dt accessor": pd.Series(pd.period_range("2024-01", periods=2, freq="M")).dt,
        "cat accessor": categories.cat,
        "Index": frame.columns,
        "DatetimeIndex": frame.index,
        "RangeIndex": pd.RangeIndex(3),
        "int Index": pd.Index([1, 2]),
        "MultiIndex": frame.stack().index,
        "PeriodIndex": pd.period_range("2024-01", periods=2, freq="M"),
        "TimedeltaIndex": pd.to_timedelta([1, 2], unit="D"),
        "IntervalIndex": pd.interval_range(0, 2),
        "CategoricalIndex": pd.CategoricalIndex(["a"]),
        "Categorical": pd.Categorical(["a"]),
        "extension array": pd.array([1, None], dtype="Int64"),
        "string array": pd.array(["a", None], dtype="string"),
        "datetime array": frame.index.array,
        "loc": frame.loc,
        "iloc": frame.iloc,
        "at": frame.at,
        "iat": frame.iat,
        "row tuple": next(iter(frame.reset_index().itertuples())),
        "flags": frame.flags,
    }


def _pandas_windows() -> dict[str, object]:
    frame = _frame()
    series = frame["1101"]
    years = frame.index.to_series().dt.year
    return {
        "DataFrameGroupBy": frame.groupby(years),
        "SeriesGroupBy": series.groupby(years),
        "Rolling": frame.rolling(2),
        "Series Rolling": series.rolling(2),
        "time Rolling": frame.rolling("2D"),
        "Expanding": frame.expanding(),
        "ExponentialMovingWindow": frame.ewm(span=2),
        "Resampler": frame.resample("2D"),
        "Series Resampler": series.resample("2D"),
        "RollingGroupby": frame.groupby(years).rolling(2),
        "ExpandingGroupby": frame.groupby(years).expanding(),
        "ewm by group": frame.groupby(years).ewm(span=2),
        "resample by group": frame.groupby(years).resample("2D"),
        "Grouper": pd.Grouper(freq="ME"),
    }


def _pandas_scalars() -> dict[str, object]:
    return {
        "Timestamp": pd.Timestamp("2024-01-02"),
        "Timedelta": pd.Timedelta(1, "D"),
        "Period": pd.Period("2024-01"),
        "Interval": pd.Interval(0, 1),
        "NaT": pd.NaT,
        "NA": pd.NA,
        "offset": pd.offsets.MonthEnd(),
        "business day": pd.offsets.BDay(),
        "option context": pd.option_context("display.max_rows", 5),
    }
