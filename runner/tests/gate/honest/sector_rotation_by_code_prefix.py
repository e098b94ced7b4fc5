from collections import OrderedDict, defaultdict

def strategy(data):
    close = data.get('etl:adj_close')
    groups = defaultdict(list)
    for code in close.columns:
        groups[code[:1]].append(code)
    groups = OrderedDict(sorted(groups.items()))
    index_levels = pd.DataFrame({g: close[m].pct_change().mean(axis=1).add(1).cumprod() for g, m in groups.items()})
    strength = index_levels.pct_change(60)
    best = strength.rank(axis=1, ascending=False) <= 2
    pieces = []
    for g, members in groups.items():
        mask = best[g].to_numpy().reshape(-1, 1)
        pieces.append(pd.DataFrame(np.tile(mask, (1, len(members))), index=close.index, columns=members))
    position = pd.concat(pieces, axis='columns').reindex(columns=close.columns)
    print('members:', {g: len(m) for g, m in groups.items()})
    return position & (close > close.rolling(60).mean())
