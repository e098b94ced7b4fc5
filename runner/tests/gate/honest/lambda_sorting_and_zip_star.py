def strategy(data):
    close = data.get('price:收盤價')
    cap = data.get('etl:market_value').iloc[-1]
    pairs = sorted(zip(cap.index, cap.fillna(0)), key=lambda t: (-t[1], t[0]))
    names, sizes = zip(*pairs)
    first, second, *rest, last = names
    print(first, second, len(rest), last, sum(sizes) > 0, any(map(lambda v: v < 0, sizes)), all(v >= 0 for v in sizes))
    large = list(names[: len(names) // 3])
    ma = close[large].rolling(20).mean()
    return close[large] > ma
