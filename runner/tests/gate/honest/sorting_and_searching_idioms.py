from bisect import bisect_left
from operator import itemgetter

def percentile_of(sorted_values, x):
    return bisect_left(sorted_values, x) / max(1, len(sorted_values))

def strategy(data):
    pe = data.get('price_earning_ratio:本益比')
    last = pe.iloc[-1].dropna()
    pairs = sorted(zip(last.index, last.values), key=itemgetter(1))
    values = [v for _, v in pairs]
    cheap_today = [s for s, v in pairs if percentile_of(values, v) < 0.25]
    print('cheapest', cheap_today[:5], 'dearest', max(pairs, key=lambda p: p[1])[0])
    any_positive, all_positive = any(v > 0 for v in values), all(v > 0 for v in values)
    print(any_positive, all_positive, min(values), sum(values) / len(values), list(reversed(values))[:2])
    history_rank = pe.rolling(250, min_periods=60).rank(pct=True)
    cross_rank = pe.rank(axis=1, pct=True)
    return (history_rank < 0.4) & (cross_rank < 0.4)
