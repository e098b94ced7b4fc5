def strategy(data):
    high = data.get('price:最高價')
    low = data.get('price:最低價')
    close = data.get('price:收盤價')
    lowest = low.rolling(9).min()
    highest = high.rolling(9).max()
    rsv = (close - lowest) / (highest - lowest) * 100
    k = rsv.ewm(com=2, adjust=False).mean()
    d = k.ewm(com=2, adjust=False).mean()
    golden_cross = (k > d) & (k.shift(1) <= d.shift(1)) & (k < 30)
    death_cross = (k < d) & (k.shift(1) >= d.shift(1)) & (k > 70)
    return golden_cross.hold_until(death_cross)
