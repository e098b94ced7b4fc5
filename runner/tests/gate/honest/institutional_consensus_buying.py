def strategy(data):
    foreign = data.get('institutional_investors_trading_summary:外陸資買賣超股數(不含外資自營商)')
    trust = data.get('institutional_investors_trading_summary:投信買賣超股數')
    volume = data.get('price:成交股數')
    close = data.get('price:收盤價')

    # 法人買超占成交量比重
    foreign_ratio = (foreign.rolling(5).sum() / volume.rolling(5).sum()).fillna(0)
    trust_ratio = (trust.rolling(5).sum() / volume.rolling(5).sum()).fillna(0)
    both = (foreign_ratio > 0.0) & (trust_ratio > 0.0)
    consecutive = (trust > 0).sustain(3)
    score = foreign_ratio.rank(pct=True, axis=1) * 0.4 + trust_ratio.rank(pct=True, axis=1) * 0.6
    entry = (both | consecutive) & (score >= 0.6)
    leave = (trust < 0).sustain(3) | (close < close.average(20) * 0.95)
    return entry.hold_until(leave, nstocks_limit=12, rank=score)
