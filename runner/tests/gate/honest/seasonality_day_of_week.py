import pandas as pd

close = data.get('price:收盤價')
returns = close.pct_change(fill_method=None)

weekday_names = {0: '週一', 1: '週二', 2: '週三', 3: '週四', 4: '週五'}
by_day = returns.mean(axis=1).groupby(returns.index.dayofweek).agg(['mean', 'std', 'count'])
by_day.index = by_day.index.map(weekday_names)
print(by_day.round(5).to_string())

best_day = by_day['mean'].idxmax()
print('best weekday:', best_day)

is_tuesday_to_thursday = close.index.weekday.isin([1, 2, 3])
mask = pd.Series(is_tuesday_to_thursday, index=close.index)
momentum = close > close.rolling(20).mean()
position = momentum.mul(mask, axis=0).astype(bool)
