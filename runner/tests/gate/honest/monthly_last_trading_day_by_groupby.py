def strategy(data):
    close = data.get('price:收盤價')
    last_days = close.groupby([close.index.year, close.index.month]).tail(1).index
    monthly = close.loc[last_days]
    momentum = monthly.shift(1) / monthly.shift(12) - 1
    picks = momentum.rank(axis=1, ascending=False, na_option='bottom').le(10) & momentum.notna()
    position = picks.reindex(close.index).ffill().fillna(False)
    return position.astype(bool)
