CACHE = {}


def ema(close, span, depth):
    key = (span, depth)
    if key in CACHE:
        return CACHE[key]
    value = close if depth == 0 else ema(close, span, depth - 1).ewm(span=span, adjust=False).mean()
    CACHE[key] = value
    return value


def strategy(data):
    global CACHE
    CACHE = {}
    close = data.get('price:收盤價')
    tema = 3 * ema(close, 20, 1) - 3 * ema(close, 20, 2) + ema(close, 20, 3)
    return (close > tema) & (tema > tema.shift(5))
