import pandas as pd
import numpy as np


def strategy(data):
    high = data.get('price:最高價'); low = data.get('price:最低價'); close = data.get('price:收盤價')
    hl2 = (high + low) / 2
    atr = (high - low).rolling(10).mean()
    upper = (hl2 + 3 * atr).to_numpy(copy=True)
    lower = (hl2 - 3 * atr).to_numpy(copy=True)
    c = close.to_numpy()
    trend = np.ones(c.shape, dtype=np.int8)

    for t in range(1, c.shape[0]):
        prev_u, prev_l = upper[t - 1], lower[t - 1]
        upper[t] = np.where((upper[t] < prev_u) | (c[t - 1] > prev_u), upper[t], prev_u)
        lower[t] = np.where((lower[t] > prev_l) | (c[t - 1] < prev_l), lower[t], prev_l)
        trend[t] = np.where(c[t] > upper[t - 1], 1, np.where(c[t] < lower[t - 1], -1, trend[t - 1]))

    position = pd.DataFrame(trend == 1, index=close.index, columns=close.columns)
    position.iloc[:20] = False
    return position & close.notnull()
