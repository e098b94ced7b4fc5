def weight_row(row, limit, power=1.0):
    row = row.dropna()
    chosen = row.nlargest(limit)
    if chosen.sum() <= 0:
        return pd.Series(0.0, index=row.index)
    w = chosen.pow(power)
    return (w / w.sum()).reindex(row.index, fill_value=0.0)

def strategy(data):
    close = data.get('etl:adj_close')
    month_ends = close.index.to_series().groupby(close.index.to_period('M')).last()
    score = (close.pct_change(60) + 1).clip(lower=0.01).loc[month_ends]
    weights = score.apply(weight_row, axis=1, args=(8,), power=2.0)
    weights = weights.reindex(columns=close.columns).fillna(0)
    print(weights.sum(axis=1).round(6).unique()[:3])
    return weights
