# rule: attribute-not-allowed
position = data.get('price:收盤價').loc.obj
