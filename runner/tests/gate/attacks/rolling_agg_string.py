# rule: string-dispatch
position = data.get('price:收盤價').rolling(5).agg('__class__')
