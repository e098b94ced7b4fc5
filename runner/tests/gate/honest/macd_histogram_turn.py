def strategy(data):
    dif, macd, hist = data.indicator('MACD', fastperiod=12, slowperiod=26, signalperiod=9)
    turning = (hist > hist.shift(1)) & (hist.shift(1) > hist.shift(2)) & (hist < 0)
    entries, exits = turning, (dif < macd) & (dif.shift() >= macd.shift())
    return entries.hold_until(exits, nstocks_limit=12, rank=hist)
