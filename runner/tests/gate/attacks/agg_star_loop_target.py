# rule: string-dispatch
for how, *rest in [('to_csv', 1)]:
    position = data.get('price:收盤價').agg(how)
