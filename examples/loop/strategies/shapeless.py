# Bad: the answer is no table of positions.
def strategy(data):
    return data.get('price:收盤價').mean().mean()
