def strategy(data):
    adj = data.get('etl:adj_close')
    peak = adj.rolling(60, min_periods=20).max()
    drawdown_pct = (adj / peak - 1) * 100
    ulcer = (drawdown_pct ** 2).rolling(60, min_periods=20).mean() ** 0.5
    momentum = adj.pct_change(120, fill_method=None) * 100
    # UPI - return per unit of pain
    upi = momentum / (ulcer + 1e-9)
    upi = upi.where(momentum > 0)
    position = upi.is_largest(8)
    return position
