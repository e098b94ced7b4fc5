import numpy as np
import pandas as pd

def strategy(data):
    r = data.get('etl:adj_close').pct_change()
    m = r.mean(axis=1)
    W = 60
    corr = r.rolling(W).corr(m)
    total_var = r.rolling(W).var()
    idio = np.sqrt(total_var * (1 - corr.pow(2)))
    idio = idio.mask(idio.eq(0))
    rank = idio.rank(axis=1, na_option='keep', method='average')
    n = rank.notna().sum(axis=1)
    quintile = np.ceil(rank.div(n, axis=0) * 5)
    return quintile == 1
