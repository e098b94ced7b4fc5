# rule: string-dispatch
g = data.get('price:收盤價').groupby(level=0)
position = g.agg(x=pd.NamedAgg('2330', 'to_csv'))
