from itertools import product

def evaluate(close, fast, slow):
    signal = close.rolling(fast).mean() > close.rolling(slow).mean()
    ret = close.pct_change().shift(-1)
    return (ret * signal).mean(axis=1).mean()

def strategy(data):
    close = data.get('etl:adj_close')
    sample = close.iloc[: len(close) // 2, :20]
    best, best_score = None, float('-inf')
    for fast, slow in product([5, 10, 20], [60, 120]):
        score = evaluate(sample, fast, slow)
        if score > best_score:
            best, best_score = (fast, slow), score
    fast, slow = best if best is not None else (10, 60)
    return close.rolling(fast).mean() > close.rolling(slow).mean()
