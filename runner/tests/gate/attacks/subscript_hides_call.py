# rule: name-not-allowed
position = data.get('price:收盤價')[eval('0'):]
