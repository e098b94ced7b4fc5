# rule: no-entry-point
def strategy(data, sim):
    return data.get('price:收盤價') > 10
