import numpy as np
import pandas as pd

def strategy(data):
    close = data.get('etl:adj_close')
    returns = close.pct_change(fill_method=None)
    market_vol = returns.mean(axis=1).rolling(20).std()
    high_vol = market_vol > market_vol.expanding(min_periods=60).quantile(0.8)
    mom = close.pct_change(20)
    rev = -close.pct_change(5)
    signal = pd.DataFrame(
        np.where(high_vol.values[:, None], rev.values, mom.values),
        index=close.index,
        columns=close.columns,
    )
    return signal.rank(axis=1, pct=True) > 0.95
