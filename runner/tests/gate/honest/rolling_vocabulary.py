def strategy(data):
    c = data.get('etl:adj_close')
    r = c.rolling(30, min_periods=15)
    features = dict(
        mean=r.mean(), std=r.std(ddof=0), low=r.min(), high=r.max(), med=r.median(), q=r.quantile(0.8),
        count=r.count(), sem=r.sem(), rank=r.rank(pct=True), var=r.var(), total=r.sum(), skew=r.skew(), kurt=r.kurt(),
    )
    weighted = c.rolling(10, center=False, closed='right').agg(['min', 'max']).xs('max', axis=1, level=1)
    both = c.rolling('30D').mean()
    stepped = c.iloc[:, 0].rolling(5, step=5).mean()
    print({k: round(float(v.iloc[-1].mean()), 3) for k, v in features.items()}, stepped.size)
    spread = (features['high'] - features['low']) / features['med']
    return (features['rank'] > 0.8) & (spread < spread.expanding().mean()) & (c > both) & (c >= weighted * 0.9)
