from __future__ import annotations

from typing import Dict, List, Optional, Tuple

import numpy as np
import pandas as pd


def compute_factors(close: pd.DataFrame, windows: List[int]) -> Dict[str, pd.DataFrame]:
    factors: Dict[str, pd.DataFrame] = {}
    for window in windows:
        factors[f"mom_{window}"] = close.pct_change(window)
    return factors


def blend(factors: Dict[str, pd.DataFrame], weights: Optional[Dict[str, float]] = None) -> pd.DataFrame:
    total: Optional[pd.DataFrame] = None
    for key, value in factors.items():
        weight = 1.0 if weights is None else weights.get(key, 0.0)
        part = value.rank(axis=1, pct=True) * weight
        total = part if total is None else total.add(part, fill_value=0)
    assert total is not None, "no factors"
    return total


def strategy(data) -> pd.DataFrame:
    close = data.get("etl:adj_close")
    windows: List[int] = [20, 60, 120]
    score = blend(compute_factors(close, windows), {"mom_20": 0.2, "mom_60": 0.3, "mom_120": 0.5})
    bounds: Tuple[float, float] = (0.9, 1.0)
    pct = score.rank(axis=1, pct=True)
    return (pct >= bounds[0]) & (pct <= bounds[1])
