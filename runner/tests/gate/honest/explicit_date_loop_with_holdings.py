def strategy(data):
    close = data.get('price:收盤價')
    roe = data.get('fundamental_features:ROE稅後')
    position = close.copy()
    position[:] = 0
    holdings = []
    last_month = None
    for i in range(len(close.index)):
        date = close.index[i]
        if last_month is None or date.month != last_month:
            row = roe.iloc[i]
            holdings = list(row[row > 0].nlargest(10).index)
            last_month = date.month
        if holdings:
            weight = 1.0 / len(holdings)
            for stock in holdings:
                position.iloc[i, position.columns.get_loc(stock)] = weight
    return position
