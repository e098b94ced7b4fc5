# rule: string-dispatch
f = data.get('price:收盤價')
position = type(f).agg(f, 'to_csv')
