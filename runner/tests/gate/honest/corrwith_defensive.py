def strategy(data):
    close = data.get('etl:adj_close')
    ret = close.pct_change()
    market = ret.mean(axis=1)
    corr = ret.corrwith(market)
    defensive = corr[corr < corr.median()].index
    mask = close.columns.isin(defensive)
    momentum = close.pct_change(90)
    momentum.loc[:, ~mask] = np.nan
    return momentum.rank(axis=1, ascending=False) <= 10
