def strategy(data):
    close = data.get('price:收盤價')
    factors = {
        'momentum': lambda: close.pct_change(120, fill_method=None),
        'reversal': lambda: -close.pct_change(5, fill_method=None),
        'low_vol': lambda: -close.pct_change(fill_method=None).rolling(60).std(),
        'value': lambda: -data.get('price_earning_ratio:股價淨值比'),
        'yield': lambda: data.get('price_earning_ratio:殖利率(%)'),
    }
    weights = dict(momentum=0.3, reversal=0.1, low_vol=0.2, value=0.2)
    weights['yield'] = 1 - sum(weights.values())
    score = sum(weights[name] * build().rank(axis=1, pct=True).fillna(0.5) for name, build in factors.items())
    top = score.apply(lambda row: row.nlargest(15).index.tolist(), axis=1)
    position = pd.DataFrame(False, index=close.index, columns=close.columns)
    for day, names in top.items():
        position.loc[day, names] = True
    return position
