import numpy as np
import pandas as pd

LAMBDA = 0.94

def ewma_cov(returns):
    n = returns.shape[1]
    S = np.zeros((n, n))
    for row in returns:
        S *= LAMBDA
        S += (1 - LAMBDA) * np.outer(row, row)
    return S

def strategy(data):
    adj = data.get('etl:adj_close').ffill()
    names = adj.columns[adj.notna().all()][:15]
    ret = adj[names].pct_change().fillna(0)
    rebalance = [g.index[-1] for _, g in ret.groupby(pd.Grouper(freq='QE')) if len(g)]
    weights = pd.DataFrame(index=rebalance, columns=names, dtype=float)
    for d in rebalance:
        S = ewma_cov(ret.loc[:d].tail(120).to_numpy())
        vol = np.sqrt(np.diag(S))
        inv = np.where(vol > 1e-9, 1 / np.where(vol > 1e-9, vol, 1), 0)
        weights.loc[d] = inv / inv.sum() if inv.sum() > 0 else 0.0
    print(weights.describe().T[['mean', 'max']].head())
    return weights.reindex(adj.index, method='ffill').fillna(0.0)
