from functools import lru_cache, partial

@lru_cache(maxsize=None)
def decay_weight(age):
    return 0.5 ** (age / 10)

def weighted(close, days):
    parts = [close.pct_change(d) * decay_weight(d) for d in days]
    return sum(parts)

def strategy(data):
    close = data.get('etl:adj_close')
    scorer = partial(weighted, days=(5, 10, 20, 40))
    return scorer(close).is_largest(10)
