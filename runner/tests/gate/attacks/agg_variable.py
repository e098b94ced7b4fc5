# rule: string-dispatch
f = data.get('price:收盤價')
how = 'to_' + 'csv'
position = f.agg(how)
