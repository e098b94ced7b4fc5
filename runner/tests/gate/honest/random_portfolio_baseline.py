import numpy as np
import pandas as pd

np.random.seed(42)

def strategy(data):
    close = data.get('price:收盤價')
    rng = np.random.default_rng(0)
    noise = pd.DataFrame(rng.normal(size=close.shape), index=close.index, columns=close.columns)
    noise = noise.where(close.notna())
    monthly = noise.resample('ME').first().reindex(close.index, method='ffill')
    return monthly.rank(axis=1) <= 20
