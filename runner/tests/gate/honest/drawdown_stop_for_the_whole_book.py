def strategy(data):
    adj = data.get('etl:adj_close')
    base = adj.pct_change(60).is_largest(10)
    ret = adj.pct_change().shift(-1)
    w = base.div(base.sum(axis=1), axis=0).fillna(0)
    equity = (1 + (w * ret).sum(axis=1).shift(1).fillna(0)).cumprod()
    drawdown = equity / equity.cummax() - 1
    stopped = False
    allowed = []
    for dd in drawdown:
        if not stopped and dd < -0.10:
            stopped = True
        elif stopped and dd > -0.05:
            stopped = False
        allowed.append(not stopped)
    gate = pd.Series(allowed, index=adj.index)
    print('days out of the market:', (~gate).sum(), f'worst {drawdown.min():.1%}')
    return base & gate
