import pandas as pd
import numpy as np

def streak_of(series: pd.Series) -> pd.Series:
    direction = np.sign(series.diff().fillna(0))
    groups = (direction != direction.shift()).cumsum()
    return direction.groupby(groups).cumsum()

def simple_rsi(frame, n):
    change = frame.diff()
    up = change.where(change > 0, 0).ewm(alpha=1 / n).mean()
    down = (-change.where(change < 0, 0)).ewm(alpha=1 / n).mean()
    return 100 * up / (up + down)

def strategy(data):
    close = data.get('price:收盤價')
    streak = close.apply(streak_of, axis=0)
    percent_rank = close.pct_change(fill_method=None).rolling(60).rank(pct=True) * 100
    crsi = (simple_rsi(close, 3) + simple_rsi(streak, 2) + percent_rank) / 3
    buy = crsi < 20
    sell = crsi > 70
    return buy.hold_until(sell, nstocks_limit=10, rank=100 - crsi)
