def strategy(data):
    amount = data.get('price:成交金額')

    def pct_rank(values):
        return (values <= values[-1]).mean()

    sample = amount.iloc[:, :8]
    rank = sample.rolling(30).apply(pct_rank, raw=True)
    position = (rank > 0.9).reindex(columns=amount.columns, fill_value=False)
    return position
