# rule: string-dispatch
options = {'func': 'to_csv'}
position = data.get('price:收盤價').agg(**options)
