import pandas as pd

def strategy(data):
    close = data.get('price:收盤價')
    idx = close.index
    print(idx.min().date(), idx.max().date(), idx.is_monotonic_increasing, idx.is_unique, idx.has_duplicates, idx.dtype)
    print(idx.year.unique().tolist(), idx.month_name()[:1].tolist(), idx.day_name()[-1], idx.isocalendar().week.iloc[0])
    month_start = idx.to_period('M').duplicated(keep='first')
    first_days = idx[~month_start]
    last_days = idx[idx.to_series().dt.to_period('M').ne(idx.to_series().dt.to_period('M').shift(-1))]
    common = first_days.union(last_days).intersection(idx).sort_values().drop_duplicates()
    other = idx.difference(common)
    loc = idx.get_indexer([common[5]], method='nearest')[0]
    print(len(first_days), len(last_days), len(common), len(other), loc, idx.searchsorted(common[3]), idx.get_loc(common[3]))
    cols = close.columns
    chosen = cols[cols.str.startswith(('1', '2'))]
    rest = cols.difference(chosen, sort=False).append(pd.Index([]))
    print(cols.nlevels, cols.size, cols.isin(['2330']).any(), list(chosen[:2]), len(rest), cols.to_list()[-1], cols.name)
    stepped = close.loc[common]
    mom = stepped.pct_change(2)
    return mom.rank(axis=1, ascending=False).le(10)
