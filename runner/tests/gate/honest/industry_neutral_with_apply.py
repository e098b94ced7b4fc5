import pandas as pd

def neutralize(row, groups):
    return row - row.groupby(groups).transform('mean')

def strategy(data):
    roe = data.get('fundamental_features:ROE稅後')
    groups = pd.Series([s[:2] for s in roe.columns], index=roe.columns)
    monthly = roe.resample('QE').last()
    neutral = monthly.apply(neutralize, axis=1, groups=groups)
    position = neutral.rank(axis=1, pct=True) > 0.9
    return position.reindex(roe.index, method='ffill').fillna(False)
