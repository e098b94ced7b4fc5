import numpy as np
import pandas as pd

def inverse_variance_weights(cov):
    iv = 1 / np.diag(cov)
    return iv / iv.sum()

def strategy(data):
    close = data.get('etl:adj_close')
    returns = close.pct_change()
    rebalance_dates = close.resample('ME').last().index
    position = pd.DataFrame(np.nan, index=close.index, columns=close.columns)
    for date in rebalance_dates[12:]:
        history = returns.loc[:date].tail(120).dropna(axis=1, thresh=100)
        if history.shape[1] < 5:
            continue
        cov = history.cov().to_numpy()
        w = pd.Series(inverse_variance_weights(cov), index=history.columns)
        w = w.nlargest(20)
        w /= w.sum()
        available = position.index[position.index <= date]
        if len(available) > 0:
            position.loc[available[-1], w.index] = w.values
            position.loc[available[-1]] = position.loc[available[-1]].fillna(0)
    return position.ffill().fillna(0)
