def strategy(data):
    close = data.get('price:收盤價')
    parts = {'m20': close.pct_change(20), 'm60': close.pct_change(60), 'm120': close.pct_change(120)}
    cube = pd.concat(parts, axis=0, names=['factor', 'date'])
    ranks = cube.rank(axis=1, pct=True)
    mean = ranks.groupby(level='date').mean()
    spread = ranks.groupby(level=1).max() - ranks.groupby(level=1).min()
    agreed = spread < 0.3
    return (mean.where(agreed) > 0.8).reindex(index=close.index, columns=close.columns, fill_value=False)
