import warnings
import pandas as pd
import numpy as np

warnings.simplefilter(action='ignore', category=FutureWarning)

close = data.get('price:收盤價')
close = close.fillna(method='ffill', limit=5)
volume = data.get('price:成交股數').fillna(method='bfill').replace(0, method='pad')
ret = close.pct_change().applymap(lambda v: 0.0 if pd.isnull(v) else v)
monthly = close.resample('M').last()
quarterly = close.resample('Q').agg('last')
first_part = close.first('100D')
last_part = close.last('30D')
print(len(monthly), len(quarterly), len(first_part), len(last_part))
rolling_std = ret.rolling(20).std().stack().unstack()
low_vol = rolling_std.rank(axis=1, pct=True) < 0.3
high_volume = volume > volume.rolling(20).mean()
position = low_vol & high_volume
position = position.swapaxes(0, 1).swapaxes(0, 1)
