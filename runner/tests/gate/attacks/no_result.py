# rule: no-entry-point
close = data.get('price:收盤價')
momentum = close.pct_change(20)
