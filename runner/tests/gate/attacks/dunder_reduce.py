# rule: attribute-not-allowed
position = data.get('price:收盤價').__reduce_ex__(2)
