def strategy(data, n_hold=6):
    adj = data.get('etl:adj_close')
    month_end = adj.groupby([adj.index.year, adj.index.month]).tail(1)
    rel = month_end.pct_change(6)
    absolute = month_end.pct_change(12)
    absolute = absolute.fillna(month_end.pct_change(3))
    chosen = rel.rank(axis=1, ascending=False).le(n_hold) & absolute.gt(0)
    print(chosen.sum(axis=1).tolist())
    return chosen
