# Bad: there is no such table.
def strategy(data):
    return data.get('price:收盤') > 100
