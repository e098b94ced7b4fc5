def strategy(data):
    lookback = int(params.get('lookback', 60))
    top_n = int(params.get('top_n', 10))
    close = data.get('price:收盤價')
    close = close.loc[start_date:end_date]
    return close.pct_change(lookback).is_largest(top_n)
