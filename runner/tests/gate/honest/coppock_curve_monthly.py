import pandas as pd

def weighted_average(x):
    w = range(1, len(x) + 1)
    return sum(a * b for a, b in zip(x, w)) / sum(w)

def strategy(data):
    close = data.get('etl:adj_close')
    monthly = close.resample('M').last()
    roc = monthly.pct_change(14) + monthly.pct_change(11)
    coppock = roc.rolling(10).apply(weighted_average, raw=True)
    if coppock.dropna(how='all').empty:
        print('history too short for the full Coppock curve, using a shorter one')
        roc = monthly.pct_change(5) + monthly.pct_change(3)
        coppock = roc.rolling(4).apply(weighted_average, raw=True)
    buy = (coppock > coppock.shift(1)).reindex(close.index, method='ffill').fillna(False)
    return buy.astype(bool)
