import numpy as np
import pandas as pd

def calculate_rsi(prices, period=14):
    delta = prices.diff()
    gain = delta.where(delta > 0, 0.0)
    loss = -delta.where(delta < 0, 0.0)
    avg_gain = gain.ewm(alpha=1 / period, adjust=False, min_periods=period).mean()
    avg_loss = loss.ewm(alpha=1 / period, adjust=False, min_periods=period).mean()
    rs = avg_gain / avg_loss.replace(0, np.nan)
    return 100 - 100 / (1 + rs)

def strategy(data):
    adj_close = data.get('etl:adj_close')
    rsi = calculate_rsi(adj_close)
    cond1 = rsi.shift(1) < 30
    cond2 = rsi >= 30
    signal = (cond1 & cond2).rolling(5).max().fillna(0).astype(bool)
    return signal
