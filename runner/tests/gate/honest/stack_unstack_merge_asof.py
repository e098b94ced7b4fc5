def strategy(data):
    close = data.get('price:收盤價')
    roe = data.get('fundamental_features:ROE稅後').resample('QE').last()
    long_roe = roe.stack().rename('roe').reset_index()
    long_roe.columns = ['date', 'stock_id', 'roe']
    days = close.iloc[::5].stack().rename('close').reset_index()
    days.columns = ['date', 'stock_id', 'close']
    merged = pd.merge_asof(days.sort_values('date'), long_roe.sort_values('date'), on='date', by='stock_id', direction='backward')
    merged['ok'] = np.where(merged['roe'] > merged['roe'].median(), 1.0, 0.0)
    wide = merged.pivot(index='date', columns='stock_id', values='ok')
    wide = wide.reindex(close.index, method='ffill').reindex(columns=close.columns)
    return wide.fillna(0) > 0
