import numpy as np

def rolling_beta(y, x, n):
    mean_xy = y.mul(x, axis=0).rolling(n).mean()
    mean_x, mean_y = x.rolling(n).mean(), y.rolling(n).mean()
    cov = mean_xy - mean_y.mul(mean_x, axis=0)
    return cov.div(x.rolling(n).var(ddof=0), axis=0)

def strategy(data):
    ret = data.get('etl:adj_close').pct_change().fillna(0)
    mkt = ret.mean(axis='columns')
    beta = rolling_beta(ret, mkt, 90)
    residual = ret - beta.mul(mkt, axis='index')
    cum = residual.rolling(5).sum()
    z = (cum - cum.rolling(60).mean()) / cum.rolling(60).std()
    entry, leave = z < -2, z > 0
    return entry.hold_until(leave)
