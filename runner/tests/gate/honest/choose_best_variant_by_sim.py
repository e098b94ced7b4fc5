close = data.get('price:收盤價')
best, best_sharpe = None, -np.inf
for window in (20, 60, 120):
    for n in (5, 10):
        candidate = close.pct_change(window).is_largest(n)
        r = sim(candidate, resample='M')
        sharpe = r.get_stats()['daily_sharpe']
        print(f'{window=} {n=} {sharpe=:.2f}')
        if sharpe == sharpe and sharpe > best_sharpe:
            best, best_sharpe = candidate, sharpe
position = best if best is not None else close.pct_change(60).is_largest(10)
report = sim(position, resample='M')
