# rule: call-not-allowed
f = data.get('price:收盤價').agg
position = f('to_csv')
