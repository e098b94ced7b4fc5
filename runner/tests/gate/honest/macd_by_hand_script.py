# MACD strategy
adj = data.get('etl:adj_close')
ema12 = adj.ewm(span=12, adjust=False).mean()
ema26 = adj.ewm(span=26, adjust=False).mean()
dif = ema12 - ema26
dea = dif.ewm(span=9, adjust=False).mean()
histogram = (dif - dea) * 2

cross_up = (dif > dea) & (dif.shift(1) <= dea.shift(1))
strength = histogram / adj
position = strength[cross_up.rolling(10).sum() > 0].is_largest(15)
report = sim(position, resample="W", upload=False, position_limit=0.1)
stats = report.get_stats()
print('Sharpe:', stats.get('daily_sharpe'))
