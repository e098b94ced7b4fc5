"""Writes internal/backtest/testdata/golden.json: random cases and what the reference says of them.

Usage: make generate-scores, or hack/python/run python3 -m tests.backtest.cases FILE
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tests.backtest.reference import Rules, score

CASES = 240
EPOCH = pd.Timestamp(0)


def market(random: np.random.Generator) -> pd.DataFrame:
    """Trading days with holidays x stocks with halts, delistings, late listings and broken prices."""
    length, stocks = int(random.integers(2, 90)), int(random.integers(1, 7))
    days = pd.bdate_range("2021-01-01", periods=400)[int(random.integers(0, 250)) :]
    days = days[random.random(len(days)) > 0.05][:length]
    shape = (len(days), stocks)
    values = np.round(np.exp(np.log(100) + np.cumsum(random.normal(0, 0.03, shape), axis=0)), 2)
    jumps = random.random(shape) < 0.003
    values[jumps] = np.round(values[jumps] * random.choice([0.05, 8.0], size=int(jumps.sum())), 2)
    for c in range(stocks):
        fate = random.random()
        at = int(random.integers(0, len(days)))
        if fate < 0.15:
            values[:at, c] = np.nan
        elif fate < 0.3:
            values[at:, c] = np.nan
        elif fate < 0.45:
            values[at : at + int(random.integers(1, 40)), c] = np.nan
    values[random.random(shape) < 0.01] = random.choice([np.nan, 0.0, -5.0])
    return pd.DataFrame(values, index=days, columns=[str(i) for i in range(stocks)])


def table(random: np.random.Generator, prices: pd.DataFrame) -> pd.DataFrame:
    """Rows on trading days, weekends, before and after the market; conditions or weights; some stocks only."""
    span = pd.date_range(prices.index[0] - pd.Timedelta(days=12), prices.index[-1] + pd.Timedelta(days=5))
    sparse = random.random() < 0.4
    dates = span[random.random(len(span)) < (0.15 if sparse else 0.9)]
    if len(dates.intersection(prices.index)) == 0:
        dates = prices.index[:1]
    columns = random.permutation(prices.columns)[: int(random.integers(1, prices.shape[1] + 1))]
    shape = (len(dates), len(columns))
    kind = random.random()
    values: Any
    if kind < 0.45:
        values = random.random(shape) < 0.4
    elif kind < 0.6:
        values = np.round(random.random(shape), 2)
    else:
        values = np.round(random.normal(0.2, 0.3, shape), 2)
        values[random.random(shape) < 0.2] = np.nan
    if random.random() < 0.5:  # hold for a while instead of changing daily
        keep = np.arange(shape[0]) // int(random.integers(2, 15)) * 2
        values = values[np.minimum(keep, shape[0] - 1)]
    order = random.permutation(len(dates))
    return pd.DataFrame(values[order], index=dates[order], columns=columns)


def rules(random: np.random.Generator, prices: pd.DataFrame) -> Rules:
    def sometimes(value: float, otherwise: float = 0) -> float:
        return value if random.random() < 0.35 else otherwise

    first, last = sorted(int(i) for i in random.integers(0, len(prices), 2))
    within = random.random() < 0.3
    return Rules(
        resample=str(random.choice(["", "", "D", "W-SUN", "W-FRI", "W-WED", "M", "Q", "Y"])),
        fee=float(random.choice([0.001425, 0, 0.01])),
        tax=float(random.choice([0.003, 0, 0.02])),
        stop_loss=sometimes(float(random.choice([0.02, 0.1]))),
        take_profit=sometimes(float(random.choice([0.03, 0.15]))),
        limit=sometimes(float(random.choice([0.1, 0.3])), 1),
        start=prices.index[first] - pd.Timedelta(days=1) if within and first > 0 else None,
        end=prices.index[last] if within else None,
    )


def case(seed: int) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    prices = market(random)
    positions = table(random, prices)
    options = rules(random, prices)
    flags = bool((positions.dtypes == np.dtype(bool)).all())
    return {
        "dates": days(prices.index),
        "prices": plain(prices.to_numpy()),
        "positionDates": days(positions.index),
        "columns": [int(c) for c in positions.columns],
        "flags": positions.to_numpy().ravel().astype(int).tolist() if flags else None,
        "weights": None if flags else plain(positions.to_numpy(dtype=float)),
        "resample": options.resample,
        "fee": options.fee,
        "tax": options.tax,
        "stopLoss": options.stop_loss,
        "takeProfit": options.take_profit,
        "limit": options.limit,
        "start": 0 if options.start is None else (options.start - EPOCH).days,
        "end": 0 if options.end is None else (options.end - EPOCH).days,
        "want": score(prices, positions, options),
    }


def days(index: pd.Index) -> list[int]:
    return [int((day - EPOCH).days) for day in index]


def plain(values: np.ndarray[Any, Any]) -> list[float | None]:
    return [None if math.isnan(v) else float(v) for v in values.ravel()]


def everything() -> str:
    return "[\n" + ",\n".join(json.dumps(case(seed), separators=(",", ":")) for seed in range(CASES)) + "\n]\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(everything())
