# rule: attribute-store
report = sim(data.get('price:收盤價') > 1)
report._stats = {}
