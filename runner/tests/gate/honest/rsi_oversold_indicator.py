def strategy(data):
    rsi = data.indicator('RSI', timeperiod=14)
    close = data.get('price:收盤價')
    sma60 = close.average(60)
    entries = (rsi < 30) & (close > sma60 * 0.9)
    exits = rsi > 70
    return entries.hold_until(exits)
