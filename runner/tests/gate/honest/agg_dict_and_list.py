import pandas as pd

close = data.get('price:收盤價')
volume = data.get('price:成交股數')
stock = close.columns[0]
one = pd.DataFrame({'close': close[stock], 'volume': volume[stock]})
monthly = one.resample('ME').agg({'close': 'last', 'volume': 'sum'})
summary = one.agg(['mean', 'std', 'min', 'max'])
by_year = one.groupby(one.index.year).agg(avg_close=('close', 'mean'), total_volume=('volume', 'sum'))
print(monthly.tail(3))
print(summary.round(2))
print(by_year)
position = close.pct_change(60).is_largest(10)
