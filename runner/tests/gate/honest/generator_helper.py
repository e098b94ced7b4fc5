def rolling_windows(n, step):
    start = 0
    while start + step <= n:
        yield start, start + step
        start += step

def strategy(data):
    close = data.get('etl:adj_close')
    position = close.notna() & False
    for begin, stop in rolling_windows(len(close), 60):
        window = close.iloc[begin:stop]
        gain = window.iloc[-1] / window.iloc[0] - 1
        best = gain.dropna().nlargest(5).index
        position.iloc[stop - 1, position.columns.get_indexer(best)] = True
    return position.rolling(60, min_periods=1).max() > 0
