# Some generated code checks what it has produced
close = data.get('price:收盤價')
score = close.pct_change(40)
if 'position' not in locals():
    position = score.is_largest(10)
if 'report' not in globals():
    report = sim(position)
