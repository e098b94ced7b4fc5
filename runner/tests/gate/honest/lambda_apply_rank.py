def strategy(data):
    pe = data.get('price_earning_ratio:本益比')
    valid = pe[pe > 0]
    normalized = valid.apply(lambda row: (row - row.min()) / (row.max() - row.min()), axis=1)
    cheap = normalized.apply(lambda s: s < 0.05)
    return cheap
