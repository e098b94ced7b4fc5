# rule: string-dispatch
sum = 'to_csv'
position = data.get('price:收盤價').agg(sum)
