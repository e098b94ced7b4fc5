# rule: string-dispatch
position = data.get('price:收盤價').apply('to_pickle', path='/tmp/x')
