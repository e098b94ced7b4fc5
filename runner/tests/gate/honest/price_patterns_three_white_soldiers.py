def strategy(data):
    o, h, l, c = data.get('price:開盤價'), data.get('price:最高價'), data.get('price:最低價'), data.get('price:收盤價')
    body = c - o
    rng = (h - l).replace(0, np.nan)
    bullish = (body > 0) & (body / rng > 0.5)
    soldiers = bullish & bullish.shift(1, fill_value=False) & bullish.shift(2, fill_value=False) & (c > c.shift(1)) & (c.shift(1) > c.shift(2))
    doji = (body.abs() / rng) < 0.1
    gap_down = h < l.shift(1)
    score = soldiers.astype(int) * 2 - doji.astype(int) - gap_down.astype(int)
    return score.rolling(5).sum() >= 2
