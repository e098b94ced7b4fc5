def strategy(data):
    mv = data.get('etl:market_value')
    close = data.get('price:收盤價')
    last = mv.ffill().iloc[-1].dropna()
    bucket = pd.qcut(last, q=[0, .3, .7, 1], labels=['small', 'mid', 'large'])
    print(bucket.cat.categories.tolist(), bucket.cat.ordered, bucket.cat.codes.value_counts().to_dict())
    bucket = bucket.cat.add_categories('unknown').reindex(close.columns).fillna('unknown')
    bucket = bucket.cat.remove_unused_categories()
    price_bin = pd.cut(close.iloc[-1], bins=[0, 20, 50, 100, np.inf], right=False, include_lowest=True)
    print(price_bin.value_counts(sort=False))
    mids = [i.mid if np.isfinite(i.right) else i.left for i in price_bin.cat.categories]
    print(mids, pd.get_dummies(bucket).sum().to_dict())
    small = bucket.index[bucket.isin(['small', 'mid'])]
    mom = close[small].pct_change(30)
    return mom.rank(axis=1, pct=True).ge(0.8)
