import numpy as np

SYSTEM_1 = dict(entry=20, exit=10)
SYSTEM_2 = dict(entry=55, exit=20)
RISK_PER_UNIT = 0.01

def channel(data, entry, exit):
    high, low, close = data.get('price:最高價'), data.get('price:最低價'), data.get('price:收盤價')
    long_entry = close > high.rolling(entry).max().shift(1)
    long_exit = close < low.rolling(exit).min().shift(1)
    return long_entry.hold_until(long_exit)

def strategy(data):
    one, two = channel(data, **SYSTEM_1), channel(data, **SYSTEM_2)
    close = data.get('price:收盤價')
    n = (data.get('price:最高價') - data.get('price:最低價')).ewm(span=20).mean()
    unit = (RISK_PER_UNIT / (n / close)).clip(upper=0.1)
    weights = unit * (one.astype(float) + two.astype(float)) / 2
    total = weights.sum(axis=1)
    return weights.div(np.maximum(total, 1.0), axis=0).fillna(0)
