# rule: attribute-not-allowed
position = data.get('price:收盤價').iloc[0].hist()
