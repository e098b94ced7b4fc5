import numpy as np
import pandas as pd

def strategy(data):
    roe = data.get('fundamental_features:ROE稅後')
    conditions = [roe > 20, roe > 10, roe > 5]
    choices = [3.0, 2.0, 1.0]
    tier = pd.DataFrame(np.select(conditions, choices, default=0.0), index=roe.index, columns=roe.columns)
    mom = data.get('price:收盤價').pct_change(60)
    weight = tier * (mom > 0)
    top = weight.rank(axis=1, ascending=False, method='first') <= 20
    weight = weight * top
    return weight.div(weight.sum(axis=1).replace(0, np.nan), axis=0).fillna(0)
