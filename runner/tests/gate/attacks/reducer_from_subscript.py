# rule: string-dispatch
position = data.get('price:收盤價').agg(['mean', 'to_csv'][1])
