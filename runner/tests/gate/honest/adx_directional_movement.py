"""ADX trend strength with directional movement, written out by hand."""
import pandas as pd
import numpy as np


def wilder(frame: pd.DataFrame, n: int) -> pd.DataFrame:
    return frame.ewm(alpha=1.0 / n, min_periods=n, adjust=False).mean()


def directional_index(high, low, close, n=14):
    up_move = high.diff()
    down_move = -low.diff()
    plus_dm = up_move.where((up_move > down_move) & (up_move > 0), 0.0)
    minus_dm = down_move.where((down_move > up_move) & (down_move > 0), 0.0)
    prev = close.shift()
    tr = np.maximum(high - low, np.maximum((high - prev).abs(), (low - prev).abs()))
    atr = wilder(tr, n)
    plus_di = 100 * wilder(plus_dm, n) / atr
    minus_di = 100 * wilder(minus_dm, n) / atr
    dx = 100 * (plus_di - minus_di).abs() / (plus_di + minus_di)
    return plus_di, minus_di, wilder(dx, n)


def strategy(data):
    high, low, close = (data.get(f'price:{k}') for k in ('最高價', '最低價', '收盤價'))
    pdi, mdi, adx = directional_index(high, low, close)
    strong = adx.gt(25) & pdi.gt(mdi)
    ranked = adx.where(strong).rank(axis='columns', ascending=False, method='first')
    return ranked.le(12)
