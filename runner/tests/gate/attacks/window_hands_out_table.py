# rule: attribute-not-allowed
position = data.get('price:收盤價').rolling(3).obj
