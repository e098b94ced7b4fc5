# Honest: the fifteen stocks that rose most in half a year.
def strategy(data):
    close = data.get('price:收盤價')
    return (close / close.shift(120)).rank(axis=1, ascending=False) <= 15
