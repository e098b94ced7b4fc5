"""海龜交易法則"""
high = data.get('price:最高價')
low = data.get('price:最低價')
close = data.get('price:收盤價')

ENTRY_WINDOW = 55
EXIT_WINDOW = 20

entries = close >= high.rolling(ENTRY_WINDOW).max()
exits = close <= low.rolling(EXIT_WINDOW).min()
position = entries.hold_until(exits, nstocks_limit=20, rank=close.pct_change(ENTRY_WINDOW))
report = sim(position, resample=None)
