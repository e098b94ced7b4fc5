# rule: no-entry-point
def strategy():
    return data.get('price:收盤價') > 10
