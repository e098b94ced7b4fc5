def strategy(data):
    close = data.get('price:收盤價')
    monthly = close.resample('ME').last().pct_change()
    tidy = monthly.melt(ignore_index=False, var_name='stock_id', value_name='ret').dropna().reset_index()
    tidy = tidy.rename(columns={tidy.columns[0]: 'date'})
    tidy['market'] = tidy.groupby('date')['ret'].transform('mean')
    tidy['excess'] = tidy['ret'] - tidy['market']
    average = tidy.groupby('stock_id', as_index=False).agg(excess=('excess', 'mean'), n=('ret', 'count'))
    best = average.merge(tidy[['stock_id', 'excess']].groupby('stock_id').std().add_suffix('_std'), on='stock_id', how='left')
    best['t'] = best['excess'] / (best['excess_std'] / np.sqrt(best['n']))
    names = best.sort_values('t', ascending=False).head(12)['stock_id'].tolist()
    position = pd.DataFrame(0.0, index=close.index, columns=close.columns)
    position[names] = 1 / len(names)
    return position
