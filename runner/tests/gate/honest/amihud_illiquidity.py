def strategy(data):
    close = data.get('etl:adj_close')
    amount = data.get('price:成交金額')
    illiq = (close.pct_change(fill_method=None).abs() / amount.replace(0, np.nan)).rolling(60, min_periods=30).mean()
    illiq = illiq * 1e6
    size = data.get('etl:market_value')
    not_tiny = size >= size.quantile(0.1, axis=1).values.reshape(-1, 1)
    log_illiq = np.log1p(illiq)
    chosen = log_illiq[not_tiny].is_largest(15)
    return chosen
