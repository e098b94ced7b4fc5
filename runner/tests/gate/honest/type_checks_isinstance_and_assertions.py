def strategy(data):
    close = data.get('price:收盤價')
    assert isinstance(close, pd.DataFrame), f'expected a DataFrame, got {type(close)}'
    assert isinstance(close.index, pd.DatetimeIndex)
    assert not close.columns.duplicated().any()
    if not np.issubdtype(close.dtypes.iloc[0], np.floating):
        raise TypeError('prices must be numbers')
    if close.empty or close.isna().all(axis=None):
        raise ValueError('no data')
    ret = close.pct_change()
    sharpe = ret.rolling(60).mean() / ret.rolling(60).std()
    return sharpe.rank(axis=1, ascending=False) <= 10
