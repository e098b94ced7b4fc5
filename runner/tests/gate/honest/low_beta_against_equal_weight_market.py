def strategy(data):
    adj = data.get('etl:adj_close')
    ret = adj.pct_change(fill_method=None)
    market = ret.mean(axis=1)
    win = 120
    cov = ret.rolling(win, min_periods=60).cov(market)
    var = market.rolling(win, min_periods=60).var()
    beta = cov.div(var, axis=0)
    low_beta = beta.rank(axis=1) <= 20
    positive = adj > adj.shift(60)
    # debug
    last = beta.iloc[-1].dropna().sort_values()
    print('lowest betas\n', last.head(3).round(3).to_string())
    return low_beta & positive
