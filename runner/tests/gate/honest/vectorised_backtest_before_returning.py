def simulate(weights, close, cost=0.001425 * 0.6, tax=0.003):
    ret = close.pct_change().fillna(0.0)
    w = weights.shift(1).fillna(0.0)
    buys = w.diff().clip(lower=0).sum(axis=1)
    sells = w.diff().clip(upper=0).abs().sum(axis=1)
    net = (w * ret).sum(axis=1) - buys * cost - sells * (cost + tax)
    return (1 + net).cumprod(), net

def strategy(data):
    close = data.get('etl:adj_close')
    results = []
    for hold in (5, 10, 20):
        for look in (20, 60):
            chosen = close.pct_change(look).rank(axis=1, ascending=False) <= hold
            weights = chosen.astype(float) / hold
            equity, net = simulate(weights.iloc[::1], close)
            results.append((equity.iloc[-1], hold, look, net.std()))
            print(f'hold={hold:2d} look={look:3d} end={equity.iloc[-1]:6.3f} vol={net.std() * 252 ** .5:.2%}')
    results.sort(reverse=True)
    _, hold, look, _ = results[0]
    return close.pct_change(look).is_largest(hold)
