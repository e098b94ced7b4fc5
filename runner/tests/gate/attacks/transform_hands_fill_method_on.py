# rule: string-dispatch
g = data.get('price:收盤價').groupby(level=0)
position = g.transform('pct_change', fill_method='to_csv')
