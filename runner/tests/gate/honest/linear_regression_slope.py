import numpy as np

def slope(y):
    x = np.arange(len(y))
    if np.isnan(y).any():
        return np.nan
    return np.polyfit(x, y, 1)[0]

def strategy(data):
    close = data.get('etl:adj_close')
    weekly = close.resample('W').last()
    log_price = np.log(weekly)
    trend = log_price.rolling(26).apply(slope, raw=True)
    return trend.rank(axis=1, ascending=False) <= 10
