# K線型態: 錘子線 + 多頭吞噬
open_ = data.get('price:開盤價')
high = data.get('price:最高價')
low = data.get('price:最低價')
close = data.get('price:收盤價')

body = (close - open_).abs()
full = (high - low).replace(0, np.nan)
upper_shadow = high - np.maximum(open_, close)
lower_shadow = np.minimum(open_, close) - low

hammer = (lower_shadow >= 2 * body) & (upper_shadow <= 0.3 * body) & (body / full <= 0.35)
prev_red = close.shift(1) < open_.shift(1)
engulfing = prev_red & (close > open_) & (open_ <= close.shift(1)) & (close >= open_.shift(1))
doji = body.div(full).lt(0.1)

patterns = {'hammer': hammer, 'engulfing': engulfing, 'doji': doji}
for name, frame in patterns.items():
    print(name.ljust(12, '.'), int(frame.sum().sum()))

score = sum(w * patterns[k].astype(float) for k, w in zip(('hammer', 'engulfing', 'doji'), (1.0, 1.5, 0.25)))
recent = score.rolling(5, min_periods=1).max()
position = (recent >= 1.0) & (close > close.rolling(60).mean())
