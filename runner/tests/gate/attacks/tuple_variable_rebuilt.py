# rule: string-dispatch
hows = ('mean',)
hows += ('to_csv',)
position = data.get('price:收盤價').agg(hows)
