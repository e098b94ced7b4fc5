def strategy(data):
    o = data.get('price:開盤價')
    h = data.get('price:最高價')
    l = data.get('price:最低價')
    c = data.get('price:收盤價')

    ha_close = (o + h + l + c) / 4
    ha_open = ((o.shift(1) + c.shift(1)) / 2).ewm(alpha=0.5).mean()
    green = ha_close > ha_open
    no_lower_shadow = l >= np.minimum(ha_open, ha_close) * 0.995
    three_in_a_row = green & green.shift(1, fill_value=False) & green.shift(2, fill_value=False)
    strong = three_in_a_row & no_lower_shadow
    weak = ~green & ~green.shift(1, fill_value=False)
    return strong.hold_until(weak, nstocks_limit=20, stop_loss=0.08, take_profit=0.3)
