# rule: string-dispatch
f = data.get('price:收盤價')
position = pd.pivot_table(f, '2330', '1101', '1102', 'to_csv')
