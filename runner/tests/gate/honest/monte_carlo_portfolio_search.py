import numpy as np
import pandas as pd

N_PORTFOLIOS = 500

def strategy(data):
    adj = data.get('etl:adj_close')
    train = adj.iloc[:250].pct_change().dropna(how='all').fillna(0)
    names = train.std().nsmallest(10).index
    mu = train[names].mean().values * 252
    sigma = train[names].cov().values * 252
    gen = np.random.RandomState(7)
    best, best_sharpe = None, -np.inf
    history = []
    for i in range(N_PORTFOLIOS):
        w = gen.dirichlet(np.ones(len(names)))
        sharpe = w @ mu / np.sqrt(w @ sigma @ w)
        history.append(sharpe)
        if sharpe > best_sharpe:
            best, best_sharpe = w, sharpe
    print(f'best of {N_PORTFOLIOS}: {best_sharpe:.3f}; mean {np.mean(history):.3f}')
    out = pd.DataFrame([best] * len(adj), index=adj.index, columns=names)
    out.iloc[:250] = 0.0
    return out
