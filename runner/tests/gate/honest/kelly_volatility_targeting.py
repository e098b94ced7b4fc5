import math
import numpy as np

TARGET_VOL = 0.15
ANNUALIZATION = math.sqrt(252)

def strategy(data):
    close = data.get('etl:adj_close')
    ret = close.pct_change()
    vol = ret.rolling(40).std() * ANNUALIZATION
    weight = (TARGET_VOL / vol).clip(upper=1.5)
    trend = np.sign(close - close.shift(100)).clip(lower=0)
    raw = weight * trend
    keep = raw.rank(axis=1, ascending=False, method='first') <= 25
    raw = raw.where(keep, 0).replace([np.inf, -np.inf], 0).fillna(0)
    total = raw.sum(axis=1).replace(0, 1)
    return raw.div(total, axis=0)
