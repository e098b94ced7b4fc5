# rule: no-entry-point
def run(data):
    position = data.get('price:收盤價') > 10
    return position
run(data)
