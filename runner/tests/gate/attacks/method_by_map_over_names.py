# rule: call-not-allowed
position = list(map(data.get('price:收盤價').agg, ['to_csv']))
