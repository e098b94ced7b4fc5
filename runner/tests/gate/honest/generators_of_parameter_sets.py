import itertools

def parameter_sets():
    for fast, slow in itertools.product((5, 10), (20, 40, 60)):
        if fast * 3 <= slow:
            yield {'fast': fast, 'slow': slow}

def signals(close):
    for p in parameter_sets():
        yield p, close.rolling(p['fast']).mean() > close.rolling(p['slow']).mean()

def chained(close):
    yield from (s.astype(int) for _, s in signals(close))

def strategy(data):
    close = data.get('price:收盤價')
    votes = 0
    n = 0
    for s in chained(close):
        votes = votes + s
        n += 1
    print(f'{n} parameter sets voted')
    first = next(iter(parameter_sets()), None)
    print('first:', first)
    return votes >= (n + 1) // 2
