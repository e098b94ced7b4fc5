import itertools


def strategy(data):
    close = data.get('price:收盤價')
    active = close.iloc[:, :12].ffill()
    corr = active.pct_change().corr()
    pairs = [(a, b) for a, b in itertools.combinations(active.columns, 2) if corr.loc[a, b] > corr.stack().quantile(0.9)]
    position = pd.DataFrame(0.0, index=close.index, columns=close.columns)
    for a, b in pairs[:10]:
        spread = np.log(active[a]) - np.log(active[b])
        z = (spread - spread.rolling(60).mean()) / spread.rolling(60).std()
        position[a] = position[a] + (z < -1.5).astype(float)
        position[b] = position[b] + (z > 1.5).astype(float)
    total = position.sum(axis=1)
    return position.div(total.where(total > 0), axis=0).fillna(0)
