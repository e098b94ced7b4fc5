# rule: string-dispatch
for how in params.get('hows', ['to_csv']):
    position = data.get('price:收盤價').agg(how)
