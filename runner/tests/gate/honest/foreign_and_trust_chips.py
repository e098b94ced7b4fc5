def strategy(data):
    """法人籌碼面策略"""
    foreign = data.get('institutional_investors_trading_summary:外陸資買賣超股數(不含外資自營商)')
    trust = data.get('institutional_investors_trading_summary:投信買賣超股數')
    volume = data.get('price:成交股數')
    foreign_ratio = foreign.rolling(10).sum() / volume.rolling(10).sum()
    trust_ratio = trust.rolling(10).sum() / volume.rolling(10).sum()
    combined = foreign_ratio.rank(axis=1, pct=True) + trust_ratio.rank(axis=1, pct=True) * 1.5
    both_buying = (foreign.rolling(5).sum() > 0) & (trust.rolling(5).sum() > 0)
    return combined[both_buying].is_largest(15)
