def strategy(data):
    close = data.get('etl:adj_close')
    symbols = list(close.columns)[:8]
    state = {s: {'losses': 0, 'entry': None, 'held': 0} for s in symbols}
    result = close[symbols] * 0.0
    for date, prices in close[symbols].iterrows():
        for s in symbols:
            st = state[s]
            p = prices[s]
            if p != p:
                continue
            if st['entry'] is None:
                st['entry'], st['held'] = p, 0
            st['held'] += 1
            change = p / st['entry'] - 1
            if change < -0.05 or change > 0.05 or st['held'] > 20:
                st['losses'] = min(st['losses'] + 1, 3) if change < 0 else 0
                st['entry'] = None
            result.at[date, s] = 0.02 * (1 + st['losses'])
    print({s: v['losses'] for s, v in state.items()})
    return result.fillna(0)
