import pandas as pd

def strategy(data):
    mv = data.get('etl:market_value')
    last = mv.iloc[-1].dropna()
    buckets = pd.qcut(last.rank(method='first'), 5, labels=['tiny', 'small', 'mid', 'large', 'huge'])
    counts = buckets.value_counts()
    print(counts.to_dict())
    small = buckets[buckets.isin(['tiny', 'small'])].index
    pe = data.get('price_earning_ratio:本益比')[small]
    return ((pe > 3) & (pe < 12)).reindex(columns=mv.columns).fillna(False)
