def strategy(data):
    close = data.get('price:收盤價')
    combined = pd.concat([close.rolling(w).mean() for w in (5, 20)], axis=1, keys=[('ma', 5), ('ma', 20)])
    combined.columns.names = ['kind', 'window', 'symbol']
    fast = combined.xs(('ma', 5), axis=1, level=('kind', 'window'))
    slow = combined['ma'][20]
    swapped = combined.swaplevel('kind', 'window', axis=1).sort_index(axis=1)
    print(swapped.columns.nlevels, swapped.columns.get_level_values(0).unique().tolist())
    return fast > slow
