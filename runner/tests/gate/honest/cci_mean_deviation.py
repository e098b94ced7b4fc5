def strategy(data):
    # CCI = (TP - SMA(TP)) / (0.015 * mean deviation)
    high = data.get('price:最高價')
    low = data.get('price:最低價')
    close = data.get('price:收盤價')
    typical_price = (high + low + close) / 3
    sma = typical_price.rolling(window=20).mean()
    mad = typical_price.rolling(window=20).apply(lambda x: abs(x - x.mean()).mean(), raw=True)
    cci = (typical_price - sma) / (0.015 * mad)
    buy = (cci > -100) & (cci.shift(1) <= -100)
    sell = (cci < 100) & (cci.shift(1) >= 100)
    position = buy.hold_until(sell, nstocks_limit=15, rank=-cci.fillna(0))
    return position
