def strategy(data):
    close = data.get('etl:adj_close')
    e = close.expanding(min_periods=20)
    all_time_high = e.max()
    avg, med, dev = e.mean(), e.median(), e.std()
    rank = e.rank(pct=True)
    low_water = e.min()
    z = (close - avg) / dev
    q25 = e.quantile(0.25, interpolation='lower')
    span = e.apply(lambda x: x[-1] / x[0] - 1, raw=True)
    n = e.count().iloc[-1]
    print('observations', int(n.min()), int(n.max()), 'skewed', (e.skew().iloc[-1] > 0).sum())
    near_high = close >= all_time_high * 0.95
    not_crazy = z.abs() < 2.5
    return near_high & not_crazy & (rank > 0.5) & (span > 0) & (close > low_water) & (med > q25)
