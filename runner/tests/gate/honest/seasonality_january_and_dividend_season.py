def strategy(data):
    close = data.get('price:收盤價')
    dy = data.get('price_earning_ratio:殖利率(%)')
    month = close.index.month
    quarter = close.index.quarter
    january = np.isin(month, [12, 1])
    dividend_season = (month >= 5) & (month <= 7)
    small = data.get('etl:market_value').rank(axis=1, pct=True) < 0.3
    high_yield = dy.rank(axis=1, pct=True) > 0.7
    position = pd.DataFrame(False, index=close.index, columns=close.columns)
    position[january] = small[january]
    position[dividend_season] = high_yield[dividend_season]
    print(pd.Series(quarter).value_counts().to_dict())
    return position
