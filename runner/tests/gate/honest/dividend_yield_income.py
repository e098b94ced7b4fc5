def strategy(data):
    dividend_yield = data.get('price_earning_ratio:殖利率(%)')
    pe = data.get('price_earning_ratio:本益比')
    roe = data.get('fundamental_features:ROE稅後')
    stable = (roe.rolling(250, min_periods=60).min() > 5)
    candidates = dividend_yield[(pe > 0) & (pe < 15) & stable & (dividend_yield < 15)]
    return candidates.is_largest(20)
