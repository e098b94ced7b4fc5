# rule: string-dispatch
hows = more = ['mean']
more.append('to_csv')
position = data.get('price:收盤價').agg(hows)
