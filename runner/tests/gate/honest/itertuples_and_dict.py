from collections import defaultdict

def strategy(data):
    market_value = data.get('etl:market_value')
    last = market_value.iloc[-1].dropna().reset_index()
    last.columns = ['stock', 'value']
    buckets = defaultdict(list)
    for row in last.itertuples(index=False):
        bucket = int(row.value // 1e9) if row.value > 0 else -1
        buckets[bucket].append(row.stock)
    smallest = sorted(buckets.keys())[:5]
    chosen = [s for b in smallest for s in buckets[b]]
    position = market_value.notna()
    return position & pd.Series(position.columns.isin(chosen), index=position.columns)
