import warnings
import numpy as np
import pandas as pd
from numpy.polynomial import Polynomial

warnings.simplefilter('ignore', np.exceptions.RankWarning)

DEGREE = 2
WINDOW = 60

def last_fitted(values):
    if np.isnan(values).any():
        return np.nan
    x = np.linspace(-1, 1, len(values))
    return Polynomial.fit(x, values, DEGREE)(1.0)

def strategy(data):
    close = data.get('etl:adj_close')
    every_fifth = close.iloc[::5]
    fitted = every_fifth.rolling(WINDOW // 5).apply(last_fitted, raw=True)
    residual = every_fifth - fitted
    band = residual.rolling(12).std()
    position = (residual < -0.5 * band) & (fitted.diff() > 0)
    coefs = np.polyfit(np.arange(30), close.mean(axis=1).iloc[:30].ffill().bfill(), deg=1)
    print(np.poly1d(coefs), np.roots([1, -3, 2]).tolist(), np.resize([1, 2, 3], 5).tolist())
    return position
