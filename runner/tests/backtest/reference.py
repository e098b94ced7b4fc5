"""docs/scoring.md as slow, plain pandas: the second opinion on internal/backtest.

It counts shares where the Go code tracks values, works on labels where that works on positions, and lets pandas do calendars,
gaps and statistics. cases.py feeds it random markets and writes what it says for the Go test to compare with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

DELISTED_AFTER = 20


@dataclass(frozen=True)
class Rules:
    resample: str = ""
    fee: float = 0.001425
    tax: float = 0.003
    stop_loss: float = 0
    take_profit: float = 0
    limit: float = 1
    start: pd.Timestamp | None = None
    end: pd.Timestamp | None = None


@dataclass
class Book:
    """What is owned, and the trades so far."""

    cash: float = 1.0
    shares: dict[str, float] = field(default_factory=dict)
    entry: dict[str, float] = field(default_factory=dict)
    turnover: float = 0.0
    gains: list[float] = field(default_factory=list)
    opened: int = 0


def score(prices: pd.DataFrame, positions: pd.DataFrame, rules: Rules) -> dict[str, Any]:
    """The equity of each day and the metrics. prices: trading days x stocks; positions: any dates x some of them."""
    good = prices.where((prices > 0) & np.isfinite(prices))
    known = good.ffill()
    gap = good.isna().apply(lambda c: c.groupby((~c).cumsum()).cumsum())
    inside = (prices.index >= (rules.start or prices.index[0])) & (prices.index <= (rules.end or prices.index[-1]))
    days = prices.index[inside]
    orders = _orders(positions.sort_index(), rules.resample, prices.index, days)
    book, equity, stopped = Book(), {}, set[str]()
    for day in days:
        price = known.loc[day]
        if _worth(book, price) > 0:
            _close_some(book, price, stopped, gap.loc[day], rules)
            if day in orders:
                tradable = set(good.columns[good.loc[day].notna()]) - stopped
                _rebalance(book, price, _weights(orders[day], rules.limit), tradable, rules)
            stopped = {s for s in book.shares if _beyond(price[s], book.entry[s], book.shares[s] > 0, rules)}
        equity[day] = _worth(book, price)
        if equity[day] <= 0:
            for stock in list(book.shares):
                _finish(book, stock, price[stock], rules)
            book.cash = equity[day] = 0.0
    return _metrics(pd.Series(equity, dtype=float), book)


def _orders(positions: pd.DataFrame, resample: str, market: pd.Index, days: pd.Index) -> dict[pd.Timestamp, pd.Series]:
    """Which row is traded on which day."""
    rows = positions.astype(float).fillna(0.0)
    if not resample:
        rows = rows[(rows != rows.shift(fill_value=0.0)).any(axis=1)]
        known = rows.index
    elif resample == "D":
        known = rows.index
    else:
        dates: Any = rows.index
        known = dates.to_period(resample).end_time.normalize()
    orders: dict[pd.Timestamp, pd.Series] = {}
    for at, (_, row) in zip(known, rows.iterrows(), strict=True):
        later = market[market > at]
        if len(later) > 0 and later[0] <= days[-1]:
            orders[max(later[0], days[0])] = row
    return orders


def _weights(row: pd.Series, limit: float) -> dict[str, float]:
    total = row.abs().sum()
    scaled = row / total if total > 1 else row
    return {str(s): float(w) for s, w in scaled.clip(-limit, limit).items() if w != 0}


def _worth(book: Book, price: pd.Series) -> float:
    return book.cash + sum(n * float(price[s]) for s, n in book.shares.items())


def _fees(book: Book, amount: float, worth: float, rules: Rules) -> float:
    book.turnover += abs(amount) / worth
    return amount * rules.fee if amount > 0 else -amount * (rules.fee + rules.tax)


def _finish(book: Book, stock: str, price: float, rules: Rules) -> None:
    """Write down a closed trade."""
    bought, sold = (book.entry[stock], price) if book.shares[stock] > 0 else (price, book.entry[stock])
    book.gains.append(sold * (1 - rules.fee - rules.tax) - bought * (1 + rules.fee))
    del book.shares[stock], book.entry[stock]


def _close_some(book: Book, price: pd.Series, stopped: set[str], gap: pd.Series, rules: Rules) -> None:
    worth = _worth(book, price)
    for stock in sorted(book.shares):
        if stock in stopped or gap[stock] >= DELISTED_AFTER:
            value = book.shares[stock] * float(price[stock])
            book.cash += value - _fees(book, -value, worth, rules)
            _finish(book, stock, float(price[stock]), rules)


def _rebalance(book: Book, price: pd.Series, wanted: dict[str, float], tradable: set[str], rules: Rules) -> None:
    worth = _worth(book, price)
    now = {s: n * float(price[s]) / worth for s, n in book.shares.items()}
    target = {}
    for stock in sorted({*now, *wanted}):
        have, want = now.get(stock, 0.0), wanted.get(stock, 0.0)
        if stock not in tradable:  # may only shrink
            want = 0.0 if have * want <= 0 else math.copysign(min(abs(want), abs(have)), have)
        target[stock] = want
    cost = sum(_fees(book, (want - now.get(s, 0.0)) * worth, worth, rules) for s, want in target.items())
    rest = worth - cost
    book.cash = rest
    for stock, want in target.items():
        if stock in book.shares and want * book.shares[stock] <= 0:
            _finish(book, stock, float(price[stock]), rules)
        if want == 0:
            continue
        if stock not in book.shares:
            book.opened += 1
            book.entry[stock] = float(price[stock])
        book.shares[stock] = want * rest / float(price[stock])
        book.cash -= want * rest


def _beyond(price: float, entry: float, long: bool, rules: Rules) -> bool:
    side = 1 if long else -1
    for change in (-rules.stop_loss * side, rules.take_profit * side):
        limit = entry * (1 + change)
        if (change < 0 and price <= limit) or (change > 0 and price >= limit):
            return True
    return False


def _metrics(equity: pd.Series, book: Book) -> dict[str, Any]:
    before = equity.shift(fill_value=1.0)
    returns = (equity / before - 1).where(before > 0, 0.0)
    n = len(equity)
    drawdown = float((equity / equity.cummax().clip(lower=1.0) - 1).min())
    annual = float(equity.iloc[-1] ** (252 / n) - 1)
    deviation = returns.std(ddof=1)
    return {
        "equity": [float(e) for e in equity],
        "total_return": float(equity.iloc[-1] - 1),
        "annual_return": annual,
        "max_drawdown": drawdown,
        "daily_sharpe": float(returns.mean() / deviation * math.sqrt(252)) if deviation > 1e-12 else None,
        "calmar": annual / -drawdown if drawdown < 0 else None,
        "win_rate": sum(g > 0 for g in book.gains) / len(book.gains) if book.gains else None,
        "turnover": book.turnover / 2 * 252 / n,
        "trades": book.opened,
    }
