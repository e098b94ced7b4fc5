# rule: string-dispatch
position = data.get('price:收盤價').agg('mean' if params else 'to_csv')
