import pandas as pd
import numpy as np

close = data.get('price:收盤價')
day = close.index.day
is_window = (day >= 26) | (day <= 4)
mask = np.repeat(is_window.reshape(-1, 1), close.shape[1], axis=1)
strong = close > close.rolling(100).mean()
position = pd.DataFrame(mask, index=close.index, columns=close.columns) & strong
report = sim(position, fee_ratio=fee_ratio)
