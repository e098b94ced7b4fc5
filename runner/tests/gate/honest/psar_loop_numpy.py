import numpy as np
import pandas as pd


def parabolic_sar(high, low, step=0.02, limit=0.2):
    n = len(high)
    trend_up = np.zeros(n, dtype=bool)
    if n == 0:
        return trend_up
    bull = True
    af = step
    ep = high[0]
    sar = low[0]
    for i in range(1, n):
        if np.isnan(high[i]) or np.isnan(low[i]):
            trend_up[i] = False
            continue
        sar = sar + af * (ep - sar)
        if bull:
            if low[i] < sar:
                bull, sar, ep, af = False, ep, low[i], step
            elif high[i] > ep:
                ep = high[i]
                af = min(af + step, limit)
        else:
            if high[i] > sar:
                bull, sar, ep, af = True, ep, high[i], step
            elif low[i] < ep:
                ep = low[i]
                af = min(af + step, limit)
        trend_up[i] = bull
    return trend_up


def strategy(data):
    high = data.get('price:最高價')
    low = data.get('price:最低價')
    result = {}
    for symbol in high.columns:
        result[symbol] = parabolic_sar(high[symbol].values, low[symbol].values)
    position = pd.DataFrame(result, index=high.index)
    return position[high.columns]
