def strategy(data):
    close = data.get('price:收盤價')
    month_key = close.index.to_period('M')
    month_open = close.groupby(month_key).transform('first')
    month_to_date = close / month_open - 1
    month_rank = month_to_date.rank(axis=1, pct=True)
    return month_rank > 0.95
