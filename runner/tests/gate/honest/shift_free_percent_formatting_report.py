close = data.get('price:收盤價')
position = close.pct_change(120).is_largest(10)
report = sim(position, resample='M', fee_ratio=fee_ratio, tax_ratio=tax_ratio)
stats = report.get_stats()
for name in ('daily_sharpe', 'total_return', 'max_drawdown', 'win_rate'):
    value = stats.get(name, float('nan'))
    print('%-15s %8.3f' % (name, value), '{:>10.2%}'.format(value), f'{value:+.3e}', sep=' | ')
sharpe, mdd = stats['daily_sharpe'], stats['max_drawdown']
calmar = stats['total_return'] / abs(mdd) if mdd else None
print("calmar:", "n/a" if calmar is None else f"{calmar:.2f}")
