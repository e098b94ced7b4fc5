def strategy(data):
    close = data.get('price:收盤價')
    if close is None:
        return pd.DataFrame()
    if len(close) < 250:
        return close.notna() & (close.rank(axis=1) <= 5)

    def usable(key):
        try:
            table = data.get(key)
        except KeyError:
            return False
        return table is not None and not table.empty

    keys = ['fundamental_features:ROE稅後', 'fundamental_features:自由現金流', 'price_earning_ratio:本益比']
    available = list(filter(usable, keys))
    missing = set(keys) - set(available)
    if missing:
        print(f"missing: {', '.join(sorted(missing))}")
    score = pd.concat([data.get(k).rank(axis=1, pct=True).stack() for k in available], axis=1).mean(axis=1).unstack()
    return score.reindex_like(close).rank(axis=1, ascending=False) <= 15
