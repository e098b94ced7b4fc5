def strategy(data):
    amount = data.get('price:成交金額')
    volume = data.get('price:成交股數')
    close = data.get('price:收盤價')
    with np.errstate(divide='ignore', invalid='ignore'):
        vwap = amount.rolling(20).sum() / volume.rolling(20).sum()
        deviation = np.log(close / vwap)
    deviation = deviation.replace([np.inf, -np.inf], np.nan)
    # 股價低於 20 日均價最多的股票
    cheap = deviation.rank(axis=1, pct=True) < 0.2
    rising = close.rise(5)
    return cheap & rising
