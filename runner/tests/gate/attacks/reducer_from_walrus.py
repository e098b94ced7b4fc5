# rule: string-dispatch
position = data.get('price:收盤價').agg(how := 'to_csv')
