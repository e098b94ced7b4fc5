# rule: string-dispatch
position = data.get('price:收盤價').iloc[0].agg('__getattribute__', 0, '__class__')
