def strategy(data):
    close = data.get('price:收盤價')
    mom = close.pct_change(20)
    held = set()
    log = []
    rows = {}
    for date in close.index[20::5]:
        today = set(mom.loc[date].nlargest(10).index)
        keep = held & set(mom.loc[date].nlargest(20).index)
        new = sorted(today - keep)
        dropped = held.difference(keep)
        held = keep.union(new[: 10 - len(keep)])
        log.append((date, len(new), len(dropped), len(held.symmetric_difference(today))))
        rows[date] = pd.Series(True, index=sorted(held))
        if not held.issubset(close.columns):
            raise AssertionError('unknown stock')
    turnover = pd.DataFrame(log, columns=['date', 'new', 'dropped', 'differs']).set_index('date')
    print(turnover.mean().round(2).to_dict(), turnover['dropped'].max())
    position = pd.DataFrame(rows).T.reindex(columns=close.columns)
    return position.notna()
