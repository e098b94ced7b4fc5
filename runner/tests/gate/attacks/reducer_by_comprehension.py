# rule: string-dispatch
position = [data.get('price:收盤價').agg(h) for h in params]
