def strategy(data):
    calls = 0
    cache = {}

    def sma(key, n):
        nonlocal calls
        calls += 1
        if (key, n) not in cache:
            cache[key, n] = data.get(key).rolling(n).mean()
        return cache[key, n]

    def cross(key, fast, slow):
        a, b = sma(key, fast), sma(key, slow)
        return (a > b) & (a.shift(1) <= b.shift(1)), (a < b) & (a.shift(1) >= b.shift(1))

    golden, dead = cross('price:收盤價', 10, 30)
    volume_up = sma('price:成交股數', 5) > sma('price:成交股數', 20)
    print(f'{calls=} {len(cache)=}')
    return (golden & volume_up).hold_until(dead)
