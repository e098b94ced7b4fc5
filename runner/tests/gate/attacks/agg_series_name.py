# rule: string-dispatch
s = data.get('price:收盤價')['2330']
s.name = 'to_csv'
position = data.get('price:收盤價').agg(s.name)
