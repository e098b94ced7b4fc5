upper, middle, lower = data.indicator('BBANDS', timeperiod=20, nbdevup=2, nbdevdn=2)
close = data.get('price:收盤價')
entry = close < lower
exit_ = close > middle
position = entry.hold_until(exit_)
