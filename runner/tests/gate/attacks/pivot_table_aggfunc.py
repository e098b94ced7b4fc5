# rule: string-dispatch
f = data.get('price:收盤價')
position = f.pivot_table(values='2330', aggfunc='to_csv')
