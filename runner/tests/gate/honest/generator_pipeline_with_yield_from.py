from typing import Iterator


def windows() -> Iterator[int]:
    yield 5
    yield from range(20, 61, 20)


def signals(close):
    for w in windows():
        ma = close.rolling(w).mean()
        yield w, close > ma


def strategy(data):
    close = data.get('price:收盤價')
    votes = None
    for w, signal in signals(close):
        votes = signal.astype(int) if votes is None else votes.add(signal.astype(int), fill_value=0)
    return votes >= 3
