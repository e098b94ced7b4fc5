def strategy(data):
    close = data.get('price:收盤價')
    mom = close.pct_change(40)
    holdings, rows = set(), []
    for i, (day, row) in enumerate(mom.iterrows()):
        if i % 20 == 0:
            ranked = row.dropna().sort_values(ascending=False)
            keep = {s for s in holdings if s in ranked.index[:20]}
            for s in ranked.index:
                if len(keep) >= 10:
                    break
                keep.add(s)
            holdings = keep
        rows.append([s in holdings for s in close.columns])
    return pd.DataFrame(rows, index=close.index, columns=close.columns)
