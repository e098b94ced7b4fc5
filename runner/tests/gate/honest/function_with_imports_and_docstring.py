import pandas as pd
import numpy as np


def strategy(data):
    """
    Low volatility strategy.

    1. Compute daily returns
    2. Compute rolling volatility over 60 days
    3. Select the 30 stocks with the lowest volatility
    """
    close = data.get('etl:adj_close')
    daily_return = close.pct_change()
    volatility = daily_return.rolling(window=60, min_periods=40).std() * np.sqrt(252)

    # Avoid stocks that do not trade
    valid = volatility > 0
    volatility = volatility.where(valid)

    ranks = volatility.rank(axis=1, method='first', ascending=True)
    position = ranks <= 30
    return position.fillna(False)
