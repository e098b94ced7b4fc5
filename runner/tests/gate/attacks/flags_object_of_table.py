# rule: attribute-not-allowed
data.get('price:收盤價').flags.allows_duplicate_labels = False
position = 1
