def strategy(data):
    pe = data.get('price_earning_ratio:本益比')
    revenue_growth = data.get('fundamental_features:營收成長率').ffill()
    close = data.get('price:收盤價')

    # PEG with revenue growth in place of earnings growth
    growth = revenue_growth.where(revenue_growth > 1, np.nan)
    peg = pe.div(growth)
    reasonable = peg.between(0.01, 1.5) if hasattr(peg, 'between') else (peg > 0.01) & (peg < 1.5)
    uptrend = close > close.rolling(100, min_periods=50).mean()
    position = (reasonable & uptrend).astype('bool')
    return position
