LOOKBACK = int(params.get('lookback', 60))
TOP_N = int(params.get('top_n') or 10)
USE_FILTER = bool(params.get('use_filter', True))
NAME = str(params.get('name', 'momentum')).strip().lower().replace(' ', '_')

def strategy(data):
    print(f'{NAME}: lookback={LOOKBACK} top={TOP_N} filter={USE_FILTER} keys={list(params.keys())}')
    close = data.get('etl:adj_close')
    score = close.pct_change(LOOKBACK)
    if USE_FILTER:
        score = score.where(close.rolling(LOOKBACK).min() > 5)
    if 'min_score' in params:
        score = score[score > float(params['min_score'])]
    return score.is_largest(TOP_N)
