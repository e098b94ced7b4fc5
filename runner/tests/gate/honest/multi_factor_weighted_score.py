def strategy(data):
    # 1. Load data
    close = data.get('price:收盤價')
    trading_value = data.get('price:成交金額')
    revenue_growth = data.get('fundamental_features:營收成長率')
    roe = data.get('fundamental_features:ROE稅後')
    pb_ratio = data.get('price_earning_ratio:股價淨值比')

    # 2. Calculate factors
    momentum = (close / close.shift(60) - 1).shift(1)
    growth = revenue_growth.rolling(4).mean().shift(1)
    quality = roe.rolling(window=20, min_periods=1).mean().shift(1)
    value = (1 / pb_ratio.replace(0, np.nan)).shift(1)
    liquidity_filter = trading_value.rolling(20).mean().shift(1) > 50_000_000

    # 3. Normalise factors with cross-sectional ranks
    factors = {
        'momentum': (momentum, 0.35),
        'growth': (growth, 0.25),
        'quality': (quality, 0.25),
        'value': (value, 0.15),
    }
    score = None
    for name, (factor, weight) in factors.items():
        ranked = factor.rank(axis=1, pct=True) * weight
        score = ranked if score is None else score + ranked

    # 4. Select
    score = score[liquidity_filter]
    return score.is_largest(12)
