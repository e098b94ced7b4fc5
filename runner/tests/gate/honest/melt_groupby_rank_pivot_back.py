def strategy(data):
    close = data.get('etl:adj_close')
    pb = data.get('price_earning_ratio:股價淨值比')
    long = (
        close.pct_change(60)
        .rename_axis(index='date', columns='stock_id')
        .reset_index()
        .melt(id_vars='date', var_name='stock_id', value_name='mom')
        .dropna()
    )
    value = pb.rename_axis(index='date', columns='stock_id').stack().rename('pb').reset_index()
    merged = long.merge(value, on=['date', 'stock_id'], how='left', validate='1:1')
    merged['mom_rank'] = merged.groupby('date')['mom'].rank(ascending=False)
    merged['pb_rank'] = merged.groupby('date')['pb'].rank(ascending=True)
    merged['total'] = merged[['mom_rank', 'pb_rank']].sum(axis=1)
    merged = merged.sort_values(['date', 'total']).groupby('date').head(10)
    merged['hold'] = True
    wide = merged.pivot(index='date', columns='stock_id', values='hold')
    return wide.fillna(False).astype(bool)
