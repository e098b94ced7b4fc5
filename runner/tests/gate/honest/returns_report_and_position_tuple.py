def strategy(data):
    close = data.get('etl:adj_close')
    position = close.pct_change(20).rank(axis=1, pct=True).ge(0.85)
    report = sim(position, resample='W', upload=False)
    metrics = report.get_stats()
    calmar = metrics.get('total_return', 0) / abs(metrics['max_drawdown']) if metrics.get('max_drawdown') else float('nan')
    print(f'calmar {calmar:.2f}', 'sharpe', metrics.get('daily_sharpe'))
    return position, report
