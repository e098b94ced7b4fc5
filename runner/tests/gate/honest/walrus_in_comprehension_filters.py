def strategy(data):
    close = data.get('price:收盤價')
    good = [s for s in close.columns if (r := close[s].pct_change().std()) == r and r < 0.05]
    if not (n := len(good)):
        good, n = list(close.columns), close.shape[1]
    best = {s: m for s in good if (m := close[s].dropna().pct_change(60).mean()) > 0}
    ordered = sorted(best, key=best.get, reverse=True)[: max(5, n // 10)]
    position = close.notna() & False
    position.loc[:, ordered] = True
    return position
