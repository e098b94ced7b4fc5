def strategy(data):
    close = data.get('price:收盤價')
    above = close > close.rolling(50).mean()
    breadth = above.sum(axis=1) / close.notna().sum(axis=1)
    breadth_ma = breadth.ewm(span=10).mean()
    regime = pd.Series('neutral', index=close.index)
    regime[breadth_ma > 0.6] = 'bull'
    regime[breadth_ma < 0.4] = 'bear'
    print(regime.value_counts(normalize=True).mul(100).round(1).astype(str).add('%').to_dict())

    mom = close.pct_change(40)
    bull_pos = mom.is_largest(15)
    neutral_pos = mom.is_largest(5)
    is_bull = regime.eq('bull')
    is_neutral = regime.eq('neutral')
    position = bull_pos.mul(is_bull, axis=0) | neutral_pos.mul(is_neutral, axis=0)
    return position
