def strategy(data):
    o = data.get('price:開盤價')
    c = data.get('price:收盤價')
    gap = o / c.shift(1) - 1
    intraday = c / o - 1
    gap_down_and_recovered = (gap < -0.005) & (intraday > 0.003)
    average_gap = gap.rolling(20).mean()
    calm = average_gap.abs() < 0.01
    return (gap_down_and_recovered & calm).rolling(3, min_periods=1).max().eq(1.0)
