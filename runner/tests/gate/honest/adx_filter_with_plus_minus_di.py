def strategy(data):
    adx = data.indicator('ADX', timeperiod=14)
    plus, minus = data.indicator('PLUS_DI'), data.indicator('MINUS_DI')
    close = data.get('price:收盤價')
    strong = adx > 25
    long = strong & (plus > minus)
    exits = (minus > plus) | (adx < 15)
    result = long.is_entry().hold_until(exits, nstocks_limit=20, rank=adx)
    return result & close.notna()
