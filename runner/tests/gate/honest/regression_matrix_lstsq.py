import numpy as np
from numpy.linalg import lstsq

def strategy(data):
    close = data.get('etl:adj_close')
    r = close.pct_change().fillna(0)
    market = r.mean(axis=1)
    X = np.column_stack([np.ones(len(market)), market.values])
    coef, residuals, rank, sv = lstsq(X, r.values, rcond=None)
    beta = pd.Series(coef[1], index=close.columns)
    low_beta = beta[beta < beta.quantile(0.3)].index
    position = close.notna()
    position.loc[:, ~position.columns.isin(low_beta)] = False
    return position
