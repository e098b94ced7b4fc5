# rule: string-dispatch
position = data.get('price:收盤價').groupby(1).agg(**{'x': ('a', 'to_csv')})
