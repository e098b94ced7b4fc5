import numpy as np
import pandas as pd

def strategy(data):
    close = data.get('price:收盤價')
    volume = data.get('price:成交股數')
    direction = np.sign(close.diff()).fillna(0)
    obv = (direction * volume).cumsum()
    obv_ma = obv.rolling(30).mean()
    price_flat = close.pct_change(30).abs() < 0.05
    accumulation = (obv > obv_ma) & price_flat
    dollar = (close * volume).rolling(20).mean()
    return dollar[accumulation].is_largest(25)
