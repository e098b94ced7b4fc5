def strategy(data):
    close = data.get('price:收盤價')
    vol = close.pct_change().rolling(60).std() * np.sqrt(252)
    mom = close.shift(20) / close.shift(120) - 1
    chosen = mom.rank(axis=1, ascending=False) <= 15
    inverse = (1 / vol).where(chosen)
    weights = inverse.div(inverse.sum(axis=1), axis=0)
    weights = weights.clip(upper=0.15)
    rebalance = weights.index.to_series().dt.is_month_end | (weights.index.to_series().dt.month != weights.index.to_series().shift(-1).dt.month)
    weights.loc[~rebalance.values] = np.nan
    return weights.ffill().fillna(0)
