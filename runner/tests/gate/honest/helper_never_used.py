import numpy as np
import pandas as pd
from typing import Any


def unused_plotless_summary(df: Any, *args, **kwargs) -> None:
    """Kept for debugging."""
    print(df.describe(), args, kwargs.get('title', 'no title'))
    df.info()


def unused_sharpe(returns: pd.Series, risk_free: float = 0.0) -> float:
    excess = returns - risk_free / 252
    if excess.std() == 0:
        return 0.0
    return float(np.sqrt(252) * excess.mean() / excess.std())


def strategy(data):
    close = data.get('price:收盤價')
    return (close.rolling(5).mean() > close.rolling(20).mean()) & (close.rolling(20).mean() > close.rolling(60).mean())
