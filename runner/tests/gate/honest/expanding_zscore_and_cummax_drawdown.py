def strategy(data):
    adj = data.get('etl:adj_close')
    peak = adj.cummax()
    drawdown = adj / peak - 1
    z = (drawdown - drawdown.expanding(120).mean()) / drawdown.expanding(120).std()
    recover = (adj.pct_change(5) > 0) & (z < -1)
    exits = (drawdown > -0.05) | (adj < adj.rolling(40).min().shift(1))
    pos = recover.hold_until(exits, nstocks_limit=15, stop_loss=0.12)
    return pos
