rsi = data.indicator('RSI', timeperiod=14)
macd, macd_signal, macd_hist = data.indicator('MACD', fastperiod=12, slowperiod=26, signalperiod=9)
k, d = data.indicator('STOCH')
close = data.get('price:收盤價')

votes = (rsi > 50).astype(int) + (macd_hist > 0).astype(int) + (k > d).astype(int)
entry = (votes == 3) & (votes.shift(1) < 3)
exit = votes <= 1
position = entry.hold_until(exit)
print('entries per year:', entry.sum(axis=1).resample('YE').sum().to_dict())
