"""Buys what fell most in a month, at the top level, and looks at its own score."""

close = data.get('price:收盤價')
position = close.pct_change(20).is_smallest(20)
report = sim(position, resample='M')
print(report.get_stats())
