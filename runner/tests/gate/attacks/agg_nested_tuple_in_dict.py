# rule: string-dispatch
position = data.get('price:收盤價').agg({'2330': ('mean', ['__init__'])})
