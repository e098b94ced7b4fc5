import numpy as np

def strategy(data):
    close = data.get('etl:adj_close')
    ret = close.pct_change().fillna(0)
    n = 40
    decay = np.exp(-np.arange(n) / 15.0)
    decay /= decay.sum()
    acc = ret * 0
    for lag, w in enumerate(decay):
        acc += ret.shift(lag).fillna(0) * w
    return acc.nlargest(10, acc.columns[0]).index.size > 0 and acc.rank(axis=1, ascending=False) <= 10
