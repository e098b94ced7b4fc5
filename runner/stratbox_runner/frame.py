"""Wide tables with the methods and the alignment strategies expect.

A Frame is a pandas DataFrame (dates x stocks). It adds the selection and signal methods of FinLab's data frame and
aligns tables of different dates or stocks in binary operators: dates are united and filled forward, stocks are those
that both have. Results of pandas operations stay Frames. install() puts the named methods, but not the alignment, on
plain DataFrames too, since strategies build those as well.

Nothing here imports lazily or opens a file: it all runs after the seal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

# Row-wise selection works on this many rows at a time, to bound the memory of its scratch tables.
_CHUNK_ROWS = 256
_BOOL = np.dtype(bool)

# Adjusted prices for hold_until's stops; set when a dataset is opened.
_prices: pd.DataFrame | None = None


def use_prices(prices: pd.DataFrame | None) -> None:
    """Name the table that hold_until measures stop_loss and take_profit on."""
    global _prices  # one dataset per process
    _prices = prices


# pandas leaves these without annotations.
_plain_getitem: Any = pd.DataFrame.__getitem__


class Frame(pd.DataFrame):
    """A DataFrame of dates x stocks. Operators are added below."""

    @property
    def _constructor(self) -> type[Frame]:
        return Frame

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, pd.DataFrame):
            table, mask = _aligned(self, key)
            return _plain_getitem(table, mask)
        return _plain_getitem(self, key)

    def average(self, n: int) -> Frame:
        """Mean of the last n rows; missing where less than half of them have a value."""
        return average(self, n)

    def is_largest(self, n: int) -> Frame:
        """True for the n largest values of each row. Ties go to the leftmost; missing values are never chosen."""
        return is_largest(self, n)

    def is_smallest(self, n: int) -> Frame:
        """True for the n smallest values of each row. Ties go to the leftmost; missing values are never chosen."""
        return is_smallest(self, n)

    def is_entry(self) -> Frame:
        """True where the condition became true."""
        return is_entry(self)

    def is_exit(self) -> Frame:
        """True where the condition stopped being true."""
        return is_exit(self)

    def rise(self, n: int = 1) -> Frame:
        """True where the value is larger than n rows before."""
        return rise(self, n)

    def fall(self, n: int = 1) -> Frame:
        """True where the value is smaller than n rows before."""
        return fall(self, n)

    def sustain(self, nwindow: int, nsatisfy: int | None = None) -> Frame:
        """True where the condition held in at least nsatisfy (default: all) of the last nwindow rows."""
        return sustain(self, nwindow, nsatisfy)

    def quantile_row(self, c: float) -> pd.Series:
        """The c-quantile of each row."""
        return quantile_row(self, c)

    def deadline(self) -> Frame:
        """This table. In FinLab it puts figures on the day they were due; here every table is by days already."""
        return deadline(self)

    def index_str_to_date(self) -> Frame:
        """This table. In FinLab it turns labels such as 2020-Q1 into days; here every table is by days already."""
        return index_str_to_date(self)

    def hold_until(
        self,
        exit: pd.DataFrame,  # FinLab's name
        nstocks_limit: int | None = None,
        stop_loss: float = -np.inf,
        take_profit: float = np.inf,
        trade_at: str = "close",
        rank: pd.DataFrame | None = None,
    ) -> Frame:
        """Hold from a signal in this table to a signal in exit. See hold_until()."""
        return hold_until(self, exit, nstocks_limit, stop_loss, take_profit, trade_at, rank)


def average(table: pd.DataFrame, n: int) -> Frame:
    return Frame(table.rolling(n, min_periods=max(1, n // 2)).mean())


def is_largest(table: pd.DataFrame, n: int) -> Frame:
    return _selected(table, n, 1.0)


def is_smallest(table: pd.DataFrame, n: int) -> Frame:
    return _selected(table, n, -1.0)


def is_entry(table: pd.DataFrame) -> Frame:
    now = _truth(table)
    before = np.zeros_like(now)
    before[1:] = now[:-1]
    return _like(table, now & ~before)


def is_exit(table: pd.DataFrame) -> Frame:
    now = _truth(table)
    before = np.zeros_like(now)
    before[1:] = now[:-1]
    return _like(table, before & ~now)


def rise(table: pd.DataFrame, n: int = 1) -> Frame:
    return Frame(table > table.shift(n))


def fall(table: pd.DataFrame, n: int = 1) -> Frame:
    return Frame(table < table.shift(n))


def sustain(table: pd.DataFrame, nwindow: int, nsatisfy: int | None = None) -> Frame:
    wanted = nwindow if nsatisfy is None else nsatisfy
    # 0 and 1 add up exactly in floats, whatever order rolling uses.
    return Frame(_like(table, _truth(table)).astype(float).rolling(nwindow).sum() >= wanted)


def quantile_row(table: pd.DataFrame, c: float) -> pd.Series:
    return table.quantile(c, axis=1)


def deadline(table: pd.DataFrame) -> Frame:
    return Frame(table, copy=False)


def index_str_to_date(table: pd.DataFrame) -> Frame:
    return Frame(table, copy=False)


def hold_until(
    entry: pd.DataFrame,
    exit: pd.DataFrame,  # FinLab's name
    nstocks_limit: int | None = None,
    stop_loss: float = -np.inf,
    take_profit: float = np.inf,
    trade_at: str = "close",
    rank: pd.DataFrame | None = None,
) -> Frame:
    """Hold each stock from an entry signal to the next exit signal.

    An exit on the same day wins over an entry. With nstocks_limit, stocks already held stay and free places go to the
    entries with the highest rank (ties and missing ranks: leftmost last-ranked). stop_loss and take_profit (0.1 is
    10 %) compare the day's adjusted close with that of the entry day; a stock stopped out may enter again from the
    next day on. trade_at is accepted for FinLab's sake: only "close" prices exist here.
    """
    if trade_at != "close":
        raise ValueError(f"hold_until: trade_at={trade_at!r} is not available; use 'close'")
    entry, exit = _aligned(entry, exit)
    enters, exits = _truth(entry), _truth(exit)
    limit = enters.shape[1] if nstocks_limit is None else int(nstocks_limit)
    ranks = None if rank is None else _spread(rank, entry).to_numpy(dtype=float, na_value=np.nan)
    loss, profit = abs(stop_loss), abs(take_profit)
    prices = None
    if loss < np.inf or profit < np.inf:
        if _prices is None:
            raise ValueError("hold_until: stop_loss and take_profit need an opened dataset")
        prices = _spread(_prices, entry).to_numpy(dtype=float, na_value=np.nan)
    return _like(entry, _hold(enters, exits, limit, ranks, prices, loss, profit))


def _hold(
    enters: npt.NDArray[np.bool_],
    exits: npt.NDArray[np.bool_],
    limit: int,
    ranks: npt.NDArray[np.float64] | None,
    prices: npt.NDArray[np.float64] | None,
    loss: float,
    profit: float,
) -> npt.NDArray[np.bool_]:
    result = np.zeros_like(enters)
    held: npt.NDArray[np.bool_] = np.zeros(enters.shape[1], dtype=bool)
    bought = np.full(enters.shape[1], np.nan)
    for t in range(len(enters)):
        stay = held & ~exits[t]
        if prices is not None:
            stay &= ~((prices[t] <= bought * (1 - loss)) | (prices[t] >= bought * (1 + profit)))
        new = enters[t] & ~exits[t] & ~held
        room = limit - int(np.count_nonzero(stay))
        if room < np.count_nonzero(new):
            candidates = np.flatnonzero(new)
            if ranks is not None:
                # NaN sorts last, so a stock without a rank waits behind all others.
                candidates = candidates[np.argsort(-ranks[t, candidates], kind="stable")]
            new = np.zeros_like(new)
            new[candidates[: max(room, 0)]] = True
        if prices is not None:
            np.copyto(bought, prices[t], where=new)
        held = stay | new
        result[t] = held
    return result


def install() -> None:
    """Put the methods on plain DataFrames as well, without replacing anything pandas has."""
    for method in (
        average,
        is_largest,
        is_smallest,
        is_entry,
        is_exit,
        rise,
        fall,
        sustain,
        quantile_row,
        deadline,
        index_str_to_date,
        hold_until,
    ):
        if not hasattr(pd.DataFrame, method.__name__):
            setattr(pd.DataFrame, method.__name__, method)


def _selected(table: pd.DataFrame, n: int, sign: float) -> Frame:
    values = table.to_numpy(dtype=float, na_value=np.nan)
    result = np.zeros(values.shape, dtype=bool)
    columns = values.shape[1]
    n = min(int(n), columns)
    if n <= 0:
        return _like(table, result)
    for start in range(0, len(values), _CHUNK_ROWS):
        chunk = values[start : start + _CHUNK_ROWS] * sign
        valid = ~np.isnan(chunk)
        chunk[~valid] = -np.inf
        smallest_chosen = np.partition(chunk, columns - n, axis=1)[:, columns - n, None]
        above = chunk > smallest_chosen
        ties = (chunk == smallest_chosen) & valid
        free = n - np.count_nonzero(above, axis=1)[:, None]
        result[start : start + _CHUNK_ROWS] = above | (ties & (np.cumsum(ties, axis=1) <= free))
    return _like(table, result)


def _like(table: pd.DataFrame, values: npt.NDArray[Any]) -> Frame:
    return Frame(values, index=table.index, columns=table.columns, copy=False)


def _truth(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """The table as conditions: missing is False, a number is True unless it is 0."""
    if (table.dtypes == _BOOL).all():
        return table.to_numpy(dtype=bool)
    values = table.to_numpy(dtype=float, na_value=np.nan)
    return np.asarray((values != 0) & ~np.isnan(values))


def _is_dated(labels: pd.Index) -> bool:
    return isinstance(labels, pd.DatetimeIndex)


def _aligned(left: pd.DataFrame, right: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Both tables on the union of their dates, filled forward, and on their common stocks."""
    same_index = left.index is right.index or left.index.equals(right.index)
    same_columns = left.columns is right.columns or left.columns.equals(right.columns)
    if (same_index and same_columns) or not (_is_dated(left.index) and _is_dated(right.index)):
        return left, right
    if not same_columns:
        common = left.columns.intersection(right.columns, sort=False)
        left, right = _plain_getitem(left, common), _plain_getitem(right, common)
    if not same_index:
        index: Any = left.index
        dates = index.union(right.index)
        left, right = _on_dates(left, dates), _on_dates(right, dates)
    return left, right


def _on_dates(table: Any, dates: pd.Index) -> Any:
    """A table or series on other dates, filled forward. Conditions stay conditions: unknown is False."""
    if table.index.equals(dates):
        return table
    if not table.index.is_monotonic_increasing:
        table = table.sort_index()
    conditions = bool((table.dtypes == _BOOL).all()) if isinstance(table, pd.DataFrame) else table.dtype == _BOOL
    table = table.reindex(dates, method="ffill")
    return table.eq(True) if conditions else table


def _spread(table: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """The table on exactly the dates and stocks of another, filled forward."""
    if not table.columns.equals(like.columns):
        table = table.reindex(columns=like.columns)
    spread: pd.DataFrame = _on_dates(table, like.index)
    return spread


def _across(series: pd.Series, like: pd.DataFrame) -> Frame:
    """A series over dates as a table: its value for every stock of the day."""
    values = _on_dates(series, like.index).to_numpy()
    return _like(like, np.broadcast_to(values[:, None], like.shape))


def _operator(name: str) -> Callable[[Frame, Any], Any]:
    plain = getattr(pd.DataFrame, name)

    def operate(self: Frame, other: Any) -> Any:
        table: pd.DataFrame = self
        if isinstance(other, pd.DataFrame):
            table, other = _aligned(table, other)
        elif isinstance(other, pd.Series) and _is_dated(other.index) and _is_dated(self.index):
            # pandas would match the series' dates with the stocks' names. A series over dates means one value a day.
            other = _across(other, self)
        return plain(table, other)

    operate.__name__ = name
    return operate


for _name in (
    "add",
    "radd",
    "sub",
    "rsub",
    "mul",
    "rmul",
    "truediv",
    "rtruediv",
    "floordiv",
    "rfloordiv",
    "mod",
    "rmod",
    "pow",
    "rpow",
    "lt",
    "le",
    "gt",
    "ge",
    "eq",
    "ne",
    "and",
    "rand",
    "or",
    "ror",
    "xor",
    "rxor",
):
    setattr(Frame, f"__{_name}__", _operator(f"__{_name}__"))
Frame.__hash__ = pd.DataFrame.__hash__  # not hashable, as every DataFrame
