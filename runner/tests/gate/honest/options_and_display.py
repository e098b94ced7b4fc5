import pandas as pd
import numpy as np

pd.set_option('display.max_columns', 10)
pd.set_option('display.float_format', lambda x: '%.3f' % x)
pd.options.mode.chained_assignment = None
np.set_printoptions(suppress=True, precision=4)

close = data.get('price:收盤價')
with pd.option_context('display.max_rows', 5):
    print(close.iloc[:, :5].describe())
print(close.iloc[-3:, :3].to_string())
position = close.pct_change(5).is_smallest(20)
report = sim(position, resample='W')
