def strategy(data):
    close = data.get('price:收盤價')
    pe = data.get('price_earning_ratio:本益比')
    dates = close.index.intersection(pe.index)
    stocks = close.columns.intersection(pe.columns).difference(pd.Index(['0050', '0056'])).sort_values()
    close, pe = close.loc[dates, stocks], pe.loc[dates, stocks]
    odd = [s for s in stocks if s.isdigit() and len(s) == 4 and not s.startswith('00')]
    cheap = pe[odd].lt(pe[odd].median(axis=1), axis=0)
    return cheap & close[odd].gt(close[odd].shift(120))
