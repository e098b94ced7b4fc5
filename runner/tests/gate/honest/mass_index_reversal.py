def strategy(data):
    hl = data.get('price:最高價') - data.get('price:最低價')
    close = data.get('price:收盤價')
    ema1 = hl.ewm(span=9).mean()
    ema2 = ema1.ewm(span=9).mean()
    mass = (ema1 / ema2).rolling(25).sum()
    bulge = (mass.rolling(10).max() > 26.0) & (mass < 25.5)
    falling_before = close.ewm(span=9).mean().diff(10) < 0
    pos = (bulge & falling_before)
    if not pos.to_numpy().any():
        # bulges are rare: lower the bar
        pos = mass.rank(axis=1, pct=True) > 0.9
    return pos.sustain(5, 1)
