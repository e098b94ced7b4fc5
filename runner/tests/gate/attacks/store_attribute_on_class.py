# rule: attribute-store
c = data.get('price:收盤價')
c.mean = lambda: 1
position = c
