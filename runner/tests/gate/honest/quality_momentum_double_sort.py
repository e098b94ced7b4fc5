import pandas as pd

def double_sort(first, second, q1=0.6, q2=0.5):
    keep = first.rank(axis=1, pct=True) >= q1
    inner = second.where(keep).rank(axis=1, pct=True) >= q2
    return keep & inner

def strategy(data):
    roe = data.get('fundamental_features:ROE稅後')
    close = data.get('etl:adj_close')
    mom_12_1 = close.shift(21) / close.shift(252) - 1
    mom_6_1 = close.shift(21) / close.shift(126) - 1
    mom = mom_12_1.combine_first(mom_6_1)
    position = double_sort(roe, mom)
    counts = position.sum(axis=1)
    print(f"holdings  min={counts.min()}  median={counts.median()}  max={counts.max()}")
    return position
