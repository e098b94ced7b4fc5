import numpy as np
import pandas as pd

def calculate_mfi(high, low, close, volume, period=14):
    """Calculate Money Flow Index"""
    tp = (high + low + close) / 3.
    raw_flow = tp * volume
    direction = np.sign(tp.diff())
    positive = raw_flow.where(direction > 0, 0).rolling(period).sum()
    negative = raw_flow.where(direction < 0, 0).rolling(period).sum()
    ratio = positive / negative.replace({0: np.nan})
    return 100 - 100 / (1 + ratio)

def strategy(data):
    args = [data.get(k) for k in ['price:最高價', 'price:最低價', 'price:收盤價', 'price:成交股數']]
    mfi = calculate_mfi(*args, **{'period': 20})
    mfi = mfi.clip(0, 100)
    oversold = mfi.lt(30)
    mean_mfi = mfi.mean(axis=1)
    print(mean_mfi.describe())
    return oversold & args[2].gt(args[2].rolling(5).mean())
