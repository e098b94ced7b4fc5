import numpy as np
import pandas as pd

def strategy(data):
    close = data.get('etl:adj_close')
    # Pick the two most liquid stocks and trade the spread
    amount = data.get('price:成交金額').mean().sort_values(ascending=False)
    a, b = amount.index[0], amount.index[1]
    log_a = np.log(close[a])
    log_b = np.log(close[b])
    spread = log_a - log_b
    mean = spread.rolling(60).mean()
    std = spread.rolling(60).std()
    z = (spread - mean) / std
    position = pd.DataFrame(0.0, index=close.index, columns=close.columns)
    position.loc[z < -1.5, a] = 0.5
    position.loc[z > 1.5, b] = 0.5
    return position
