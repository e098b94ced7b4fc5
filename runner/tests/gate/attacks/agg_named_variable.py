# rule: string-dispatch
g = data.get('price:收盤價').groupby(level=0)
pair = ('2330', 'to_' + 'csv')
position = g.agg(x=pair)
