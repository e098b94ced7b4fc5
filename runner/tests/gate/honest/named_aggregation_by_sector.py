SECTORS = {'1': '水泥食品', '2': '電子', '3': '電子下游', '4': '生技', '5': '金融', '6': '其他', '8': '其他', '9': '貿易'}

def strategy(data):
    close = data.get('etl:adj_close')
    mv = data.get('etl:market_value')
    sector = pd.Series({s: SECTORS.get(str(s)[0], '未分類') for s in close.columns}, name='sector')
    last = pd.DataFrame({'mom': close.iloc[-1] / close.iloc[-60] - 1, 'mv': mv.iloc[-1], 'sector': sector})
    summary = last.groupby('sector').agg(
        members=('mom', 'size'),
        momentum=('mom', 'mean'),
        spread=('mom', lambda s: s.max() - s.min()),
        total_value=('mv', 'sum'),
    ).sort_values('momentum', ascending=False)
    print(summary.to_string(formatters={'momentum': '{:.1%}'.format}))

    mom = close.pct_change(60)
    in_sector_rank = mom.T.groupby(sector).rank(ascending=False, method='first').T
    return in_sector_rank <= 2
