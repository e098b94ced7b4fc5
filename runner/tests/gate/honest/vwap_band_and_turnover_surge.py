def strategy(data):
    close = data.get('price:收盤價')
    amount, shares = data.get('price:成交金額'), data.get('price:成交股數')
    vwap = amount.rolling(20).sum() / shares.rolling(20).sum().replace({0: np.nan})
    surge = shares > shares.rolling(60).mean() * 2.5
    above = close > vwap * 1.01
    holding_days = 10
    entry = (surge & above).astype('int8')
    position = entry.rolling(holding_days, min_periods=1).sum().gt(0)
    return position & close.notna()
