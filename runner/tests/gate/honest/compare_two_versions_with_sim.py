close = data.get('etl:adj_close')
versions = {}
for n in (20, 60, 120):
    candidate = close.pct_change(n).is_largest(10)
    result = sim(candidate, resample='M')
    stats = result.get_stats()
    versions[n] = (stats['daily_sharpe'], candidate)
    print(f"{n:>4}d sharpe={stats['daily_sharpe']}")

best_n, (best_sharpe, position) = max(versions.items(), key=lambda kv: kv[1][0] if kv[1][0] == kv[1][0] else -99)
print('chosen:', best_n)
report = sim(position, resample='M')
