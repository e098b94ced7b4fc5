from collections import Counter, defaultdict, deque


def strategy(data):
    close = data.get('price:收盤價')
    up = close.diff() > 0
    streaks = defaultdict(int)
    recent = deque(maxlen=20)
    table = {}
    for day in close.index:
        row = up.loc[day]
        for s in close.columns:
            streaks[s] = streaks[s] + 1 if row[s] else 0
        hot = [s for s, n in streaks.items() if n >= 3]
        recent.extend(hot[:3])
        common = Counter(recent).most_common(5)
        table[day] = {s: 1.0 / len(common) for s, _ in common} if common else {}
    return pd.DataFrame.from_dict(table, orient='index').reindex(columns=close.columns).fillna(0.0)
