def strategy(data):
    close = data.get('price:收盤價')
    summary = pd.DataFrame({'mean': close.mean(), 'std': close.std(), 'last': close.iloc[-1]})
    summary['cv'] = summary['std'] / summary['mean']
    records = summary.reset_index(names='symbol').to_dict('records')
    chosen = [r['symbol'] for r in records if r['cv'] < summary['cv'].median()]
    table = pd.DataFrame.from_dict({s: close[s].rolling(20).mean() for s in chosen})
    table = table.assign(**{s: table[s].fillna(0) for s in chosen[:2]})
    print(summary.describe().loc[['mean', '50%']].round(2).to_string())
    return close[chosen] > table[chosen]
