close = data.get('etl:adj_close')
position = close.pct_change(252).is_largest(20)
report = sim(position, resample='M', fee_ratio=1.425/1000, tax_ratio=3/1000)

try:
    stats = report.get_stats()
    sharpe = stats.get('daily_sharpe', float('nan'))
    total_return = stats.get('total_return')
    max_drawdown = stats.get('max_drawdown')
    if max_drawdown is not None and max_drawdown != 0 and total_return is not None:
        calmar = total_return / abs(max_drawdown)
        print(f"Calmar: {calmar:.2f}")
    print(f'Sharpe: {sharpe}')
except (AttributeError, KeyError, TypeError) as exc:
    print('no statistics:', exc)
