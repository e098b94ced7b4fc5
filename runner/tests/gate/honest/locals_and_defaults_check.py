start = '2020-01-01'
if 'lookback' not in locals():
    lookback = 60
if 'top' not in globals():
    top = 10

try:
    threshold
except NameError:
    threshold = 0.05

close = data.get('etl:adj_close')
momentum = close.pct_change(lookback)
momentum = momentum[momentum > threshold]
position = momentum.is_largest(top)
position = position.loc[start:]
