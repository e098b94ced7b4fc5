def strategy(data):
    if (close := data.get('price:收盤價')) is not None and (n := len(close)) > 100:
        print(f'{n} rows')
    ma = [(w, m) for w in (5, 20, 60) if not (m := close.rolling(w).mean()).dropna(how='all').empty]
    while (extra := len(ma)) > 2:
        ma.pop()
        print('dropped one of', extra)
    (w1, m1), (w2, m2) = ma
    ratio = m1 / m2
    return (pos := ratio > (limit := 1.02)) if w1 < w2 else ratio < 1
