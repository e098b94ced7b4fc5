# rule: string-dispatch
f = data.get('price:收盤價')
position = f.pivot_table('2330', '1101', '1102', 'to_csv')
