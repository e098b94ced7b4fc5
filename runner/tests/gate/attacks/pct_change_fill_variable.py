# rule: string-dispatch
g = data.get('price:收盤價').groupby(level=0)
w = '__class__'
position = g.pct_change(1, w)
