import numpy as np
import pandas as pd

def half_life(spread):
    lag = spread[:-1]
    delta = np.diff(spread)
    X = np.column_stack([np.ones_like(lag), lag])
    coef, *_ = np.linalg.lstsq(X, delta, rcond=None)
    if coef[1] >= 0:
        return np.inf
    return -np.log(2) / coef[1]

def strategy(data):
    logp = np.log(data.get('etl:adj_close').ffill().bfill())
    leader = logp.mean(axis=1)
    train = slice(0, 250)
    chosen = {}
    for sym in logp.columns:
        y, x = logp[sym].values[train], leader.values[train]
        beta = np.cov(x, y)[0, 1] / np.var(x, ddof=1)
        hl = half_life(y - beta * x)
        if 2 < hl < 60:
            chosen[sym] = beta
    print(f'{len(chosen)} mean-reverting candidates')
    if not chosen:
        chosen = dict.fromkeys(logp.columns[:5], 1.0)
    betas = pd.Series(chosen)
    spread = logp[betas.index].subtract(pd.DataFrame(np.outer(leader, betas), index=logp.index, columns=betas.index))
    z = (spread - spread.rolling(60).mean()) / spread.rolling(60).std()
    return (z < -1.0)
