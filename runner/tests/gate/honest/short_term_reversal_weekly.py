close = data.get('etl:adj_close')
volume = data.get('price:成交股數')

weekly_return = close.pct_change(5)
turnover_spike = volume / volume.shift(1).rolling(20).mean()

losers = weekly_return.rank(axis=1, ascending=True) <= 20
quiet = turnover_spike < 2
above_long = close > close.rolling(200, min_periods=100).mean()

position = losers & quiet & above_long
position = position.resample('W-FRI').last()
report = sim(position, resample='W')
print(report.get_stats()['total_return'])
