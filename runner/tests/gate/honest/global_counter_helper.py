call_count = 0

def log(message):
    global call_count
    call_count += 1
    print(f"[{call_count:03d}] {message}")

def strategy(data):
    log('loading')
    close = data.get('price:收盤價')
    log(f'loaded {close.shape}')
    position = close > close.rolling(120).max().shift(1) * 0.95
    log('done')
    return position
