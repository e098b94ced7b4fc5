import random

random.seed(7)
close = data.get('price:收盤價')
symbols = list(close.columns)
random.shuffle(symbols)
chosen = set(symbols[: max(5, len(symbols) // 20)])
position = close.notna()
for symbol in position.columns:
    if symbol not in chosen:
        position[symbol] = False
report = sim(position, resample='M')
