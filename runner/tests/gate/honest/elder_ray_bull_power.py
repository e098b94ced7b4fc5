def strategy(data):
    close = data.get('price:收盤價')
    ema13 = close.ewm(span=13).mean()
    bull_power = data.get('price:最高價').sub(ema13)
    bear_power = data.get('price:最低價').sub(ema13)
    slope = ema13.diff(3)
    entry = slope.gt(0) & bear_power.lt(0) & bear_power.gt(bear_power.shift())
    exit_signal = bull_power.lt(0)
    holding = entry.hold_until(exit_signal)
    holding = holding.reindex(close.index).fillna(False)
    return holding
