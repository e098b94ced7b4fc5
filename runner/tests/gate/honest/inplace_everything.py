import pandas as pd
import numpy as np

df = data.get('price:收盤價').copy()
df.ffill(inplace=True)
df.dropna(axis=1, how='all', inplace=True)
df.sort_index(inplace=True)
df.rename_axis('日期', inplace=True)

mom = df.pct_change(20)
mom.replace([np.inf, -np.inf], np.nan, inplace=True)
mom.fillna(0, inplace=True)
mom.clip(-0.5, 0.5, inplace=True)

tmp = mom.T
tmp.reset_index(inplace=True)
tmp.rename(columns={'symbol': '代號'}, inplace=True)
tmp.set_index('代號', inplace=True)
back = tmp.T
back.columns.name = 'symbol'
back.index = df.index

position = back.rank(axis=1, ascending=False) <= 10
position.drop(position.index[:20], inplace=True)
