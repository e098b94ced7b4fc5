def annualise(daily, days=252):
    return (1 + daily).prod() ** (days / max(len(daily), 1)) - 1

def strategy(data):
    adj = data.get('etl:adj_close')
    table = []
    for stock in adj.columns:
        series = adj[stock].dropna()
        if len(series) < 100:
            continue
        r = series.pct_change().dropna()
        equity = (1 + r).cumprod()
        table.append([
            stock, annualise(r), r.std() * 252 ** .5, (equity / equity.cummax() - 1).min(),
            (r > 0).mean(), r[r > 0].sum() / abs(r[r < 0].sum()), len(r),
        ])
    stats = pd.DataFrame(table, columns='stock cagr vol mdd win_rate profit_factor n'.split()).set_index('stock')
    stats['sharpe'] = stats.cagr / stats.vol
    stats['calmar'] = stats['cagr'] / stats['mdd'].abs()
    print(stats.sort_values('sharpe', ascending=False).head(5).to_string(float_format='%.3f'))
    print(stats[['sharpe', 'calmar']].corr(method='spearman').iloc[0, 1], (stats > 0).all(axis='columns').sum())
    # past half chooses, second half trades
    half = len(adj) // 2
    first = adj.iloc[:half].pct_change()
    sharpe = first.mean() / first.std()
    names = sharpe[sharpe >= sharpe.quantile(.7)].index
    position = pd.DataFrame(False, index=adj.index, columns=adj.columns)
    position.loc[position.index[half:], names] = True
    return position
