import math

def strategy(data):
    h = data.get('price:最高價')
    l = data.get('price:最低價')
    c = data.get('price:收盤價')
    N = 14
    tr = (h - l).combine((h - c.shift(1)).abs(), np.maximum).combine((l - c.shift(1)).abs(), np.maximum)
    total = tr.rolling(N).sum()
    span = h.rolling(N).max() - l.rolling(N).min()
    chop = 100 * np.log10(total / span) / math.log10(N)
    trending = chop < 38.2
    direction = c > c.shift(N)
    return (trending & direction).rolling(5).max().eq(1)
