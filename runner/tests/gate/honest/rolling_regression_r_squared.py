import numpy as np
import pandas as pd

def r_squared_and_slope(y):
    x = np.arange(len(y), dtype=float)
    xm, ym = x.mean(), y.mean()
    sxy = ((x - xm) * (y - ym)).sum()
    sxx = ((x - xm) ** 2).sum()
    syy = ((y - ym) ** 2).sum()
    return sxy / sxx * sxy / syy if syy > 0 else 0.0

def strategy(data):
    logp = np.log(data.get('etl:adj_close'))
    weekly = logp.resample('W-FRI').last().ffill()
    r2 = weekly.rolling(26).apply(r_squared_and_slope, raw=True)
    slope = weekly.diff(26) / 26
    clenow = ((1 + slope) ** 52 - 1) * r2
    # Clenow 動能: 年化斜率 x R²
    return clenow.is_largest(10)
