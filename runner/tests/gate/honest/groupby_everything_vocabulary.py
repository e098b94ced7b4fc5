import pandas as pd

def strategy(data):
    close = data.get('etl:adj_close')
    ret = close.pct_change(fill_method=None)
    long = ret.stack().rename('ret').reset_index()
    long.columns = ['date', 'symbol', 'ret']
    g = long.groupby('symbol', sort=False)['ret']
    table = pd.DataFrame({
        'mean': g.mean(),
        'std': g.std(),
        'n': g.size(),
        'first': g.first(),
        'last': g.last(),
        'median': g.median(),
        'q95': g.quantile(0.95),
        'skew': g.skew(),
        'uniq': g.nunique(),
        'sem': g.sem(),
    })
    table['sharpe'] = table['mean'] / table['std'] * 252 ** 0.5
    long['cum'] = g.cumsum()
    long['order'] = g.cumcount()
    long['lag'] = g.shift(1)
    long['rolling'] = g.transform(lambda s: s.rolling(20).mean())
    long['bucket'] = long.groupby('date')['rolling'].rank(pct=True).mul(5).apply(np.ceil)
    by = table.groupby(pd.cut(table['std'], bins=3, labels=['low', 'mid', 'high']), observed=True)
    print(by['sharpe'].agg(['count', 'mean', 'max']))
    print({name: len(group) for name, group in by})
    print(by.get_group('low').index.tolist()[:3], by.ngroups)
    wide = long.set_index(['date', 'symbol'])['bucket'].unstack('symbol')
    return wide.eq(5)
