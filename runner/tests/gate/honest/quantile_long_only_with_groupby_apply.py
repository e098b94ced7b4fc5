def strategy(data):
    close = data.get('price:收盤價')
    pb = data.get('price_earning_ratio:股價淨值比')
    long = pd.DataFrame({'pb': pb.iloc[::20].stack(), 'mom': close.pct_change(60).iloc[::20].stack()}).dropna()
    long.index.names = ['date', 'symbol']

    def pick(group):
        cheap = group[group['pb'] <= group['pb'].quantile(0.4)]
        return cheap.nlargest(8, 'mom')['mom'] * 0 + 1

    picked = long.groupby(level='date', group_keys=False).apply(pick)
    wide = picked.unstack('symbol').reindex(close.index).ffill(limit=19)
    return wide.reindex(columns=close.columns).fillna(0).astype(bool)
