"""
Momentum strategy with a command-line style main guard.
"""
from __future__ import annotations

import warnings
from typing import Optional

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")

DEBUG: bool = False
N_STOCKS: int = 20
LOOKBACKS: tuple[int, ...] = (20, 60, 120)


def log(message: str, *args: object) -> None:
    if DEBUG:
        print("[debug]", message % args if args else message)


def momentum(close: pd.DataFrame, window: int) -> pd.DataFrame:
    log("computing momentum over %d days", window)
    return close / close.shift(window) - 1


def strategy(data, n: Optional[int] = None):
    close = data.get("price:收盤價").ffill()
    total: pd.DataFrame | None = None
    for w in LOOKBACKS:
        part = momentum(close, w).rank(axis=1, pct=True)
        total = part if total is None else total + part
    assert total is not None, "no lookbacks"
    return total.rank(axis=1, ascending=False, method="first") <= (n or N_STOCKS)


if __name__ == "__main__":
    position = strategy(data)
    print(f"{position.sum(axis=1).iloc[-1]:,d} positions on {position.index[-1]:%Y-%m-%d}")
