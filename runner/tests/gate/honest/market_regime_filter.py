def strategy(data):
    close = data.get('etl:adj_close')
    # Build an equal weight market proxy
    market = close.pct_change().mean(axis=1).add(1).cumprod()
    bull = market > market.rolling(200).mean()
    momentum = close.pct_change(126)
    top = momentum.rank(axis=1, ascending=False) <= 20
    position = top.copy()
    position.loc[~bull.values, :] = False
    return position
