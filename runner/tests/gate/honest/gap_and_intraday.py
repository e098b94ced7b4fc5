open_price = data.get('price:開盤價')
close = data.get('price:收盤價')
high = data.get('price:最高價')
low = data.get('price:最低價')

gap = open_price / close.shift(1) - 1
body = (close - open_price) / open_price
upper_shadow = (high - close.combine(open_price, np.maximum)) / close
lower_shadow = (open_price.combine(close, np.minimum) - low) / close

hammer = (lower_shadow > 0.03) & (upper_shadow < 0.005) & (body.abs() < 0.01)
no_gap = gap.between(-0.01, 0.01) if hasattr(gap, 'between') else (gap > -0.01) & (gap < 0.01)
position = (hammer & no_gap).rolling(5).max().fillna(0) > 0
