def pick(score, wanted):
    quantile = 0.99
    chosen = score > score.quantile(quantile)
    while chosen.sum() < wanted and quantile > 0.5:
        quantile -= 0.05
        chosen = score > score.quantile(quantile)
    return chosen

def strategy(data):
    close = data.get('price:收盤價')
    score = close.pct_change(60)
    monthly = score.resample('ME').last()
    rows = []
    for i in range(len(monthly)):
        rows.append(pick(monthly.iloc[i], 8))
    table = pd.DataFrame(rows)
    table.index = monthly.index
    return table.reindex(score.index, method='ffill').fillna(False).astype(bool)
