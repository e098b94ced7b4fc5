def strategy(data):
    macd, macd_signal, macd_hist = data.indicator('MACD', fastperiod=12, slowperiod=26, signalperiod=9)
    crossover = (macd > macd_signal) & (macd.shift() < macd_signal.shift())
    volume = data.get('price:成交股數')
    volume_ok = volume > volume.rolling(20).mean() * 1.5
    return (crossover & volume_ok).rolling(20).max() == 1
