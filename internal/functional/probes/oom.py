"""Keeps tables until there is no memory left."""


def strategy(data):
    close = data.get('price:收盤價')
    history = []
    while True:
        history.append(np.ones(close.shape))
