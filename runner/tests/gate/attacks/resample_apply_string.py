# rule: string-dispatch
position = data.get('price:收盤價').resample('ME').apply('to_csv')
