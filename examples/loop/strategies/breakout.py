# Honest: a new high of half a year on rising volume, held for a month.
close = data.get('price:收盤價')
volume = data.get('price:成交股數')

high = close >= close.rolling(120).max()
busy = volume.rolling(5).mean() > 1.5 * volume.rolling(60).mean()
position = high & busy

report = sim(position, resample='M', stop_loss=0.1)
