# rule: string-dispatch
hows = (['mean'],)
hows[0].append('to_csv')
position = data.get('price:收盤價').agg(hows)
