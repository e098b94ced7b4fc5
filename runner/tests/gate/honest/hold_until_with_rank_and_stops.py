def strategy(data):
    close = data.get('price:收盤價')
    rsi = data.indicator('RSI', timeperiod=14)
    k, d = data.indicator('STOCH')
    entries = (rsi < 35) & (k > d) & (k.shift(1) <= d.shift(1))
    exits = (rsi > 65) | (close < close.rolling(20).min().shift())
    position = entries.hold_until(exits, nstocks_limit=8, stop_loss=0.1, take_profit=0.3, rank=-rsi)
    return position
