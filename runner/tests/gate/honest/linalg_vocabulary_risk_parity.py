import numpy as np
import pandas as pd
from numpy import linalg as LA

def risk_parity(cov, steps=50):
    n = len(cov)
    w = np.ones(n) / n
    for _ in range(steps):
        marginal = cov @ w
        risk = w * marginal
        w = w * (risk.mean() / risk) ** 0.5
        w /= w.sum()
    return w

def strategy(data):
    adj = data.get('etl:adj_close')
    ret = adj.pct_change().dropna(axis=1, thresh=int(len(adj) * 0.9)).fillna(0)
    names = ret.columns[:12]
    cov = np.cov(ret[names].values[-250:], rowvar=False) + 1e-6 * np.identity(len(names))
    values, vectors = LA.eigh(cov)
    print('condition', LA.cond(cov).round(1), 'rank', LA.matrix_rank(cov), 'logdet', LA.slogdet(cov)[1].round(2))
    u, s, vt = LA.svd(cov)
    L = LA.cholesky(cov)
    q, r = LA.qr(cov)
    check = np.allclose(L @ L.T, cov), np.allclose(q @ r, cov), np.allclose(u * s @ vt, cov), LA.det(cov) != 1
    x = LA.solve(cov, np.ones(len(names)))
    y = LA.inv(cov).dot(np.ones(len(names)))
    print(check, np.allclose(x, y), LA.norm(x - y), np.trace(cov), LA.pinv(cov).shape, LA.matrix_power(cov, 2).shape)
    try:
        LA.inv(np.zeros((2, 2)))
    except LA.LinAlgError as e:
        print('singular:', e)
    w = pd.Series(risk_parity(cov), index=names)
    weights = pd.DataFrame(np.tile(w.values, (len(adj), 1)), index=adj.index, columns=names)
    return weights.where(adj[names] > adj[names].rolling(60).mean(), 0)
