def strategy(data):
    close = data.get('price:收盤價')
    cap = data.get('etl:market_value')

    def bucket(row):
        row = row.dropna()
        if len(row) < 10:
            return pd.Series(dtype='float64')
        return pd.qcut(row.rank(method='first'), 5, labels=False)

    size = cap.iloc[::21].apply(bucket, axis=1).reindex(cap.index, method='ffill').reindex(columns=cap.columns)
    vol = close.pct_change().rolling(60).std()
    bins = [-np.inf, 0.01, 0.02, 0.03, np.inf]
    latest = pd.cut(vol.iloc[-1], bins=bins, labels=['quiet', 'normal', 'wild', 'crazy'])
    print(latest.value_counts().sort_index().to_dict())
    return (size <= 1) & (vol < 0.03)
