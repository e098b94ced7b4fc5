def strategy(data):
    close = data.get('price:收盤價')
    high = data.get('price:最高價')
    low = data.get('price:最低價')
    length, mult_bb, mult_kc = 20, 2.0, 1.5

    basis = close.rolling(length).mean()
    dev = mult_bb * close.rolling(length).std(ddof=0)
    upper_bb, lower_bb = basis + dev, basis - dev

    prev_close = close.shift(1)
    ranges = [high - low, (high - prev_close).abs(), (low - prev_close).abs()]
    true_range = ranges[0]
    for other in ranges[1:]:
        true_range = true_range.where(true_range >= other, other)
    range_ma = true_range.rolling(length).mean()
    upper_kc, lower_kc = basis + mult_kc * range_ma, basis - mult_kc * range_ma

    squeeze_on = (lower_bb > lower_kc) & (upper_bb < upper_kc)
    was_squeezed = squeeze_on.rolling(10).sum() >= 5
    breakout = close > upper_bb
    entries = was_squeezed & breakout
    exits = close < basis
    position = entries.hold_until(exits)
    return position
