def strategy(data):
    close = data.get('price:收盤價')
    best = close.pct_change(20).iloc[20::20].apply(lambda r: list(r.dropna().sort_values(ascending=False).index[:5]), axis=1)
    flat = best.explode().dropna()
    counts = flat.value_counts()
    table = pd.crosstab(flat.index.year, flat.to_numpy())
    print(table.shape, counts.head(3).to_dict())
    winners = counts[counts >= counts.quantile(0.75)].index
    ma = close.rolling(60).mean()
    return (close > ma).loc[:, close.columns.isin(winners)]
