def strategy(data):
    close = data.get('price:收盤價')
    rsi = data.indicator('RSI', 14)
    cond = ((30 < rsi) & (rsi < 70)) ^ (close > close.shift(60))
    cond |= (close.shift(1) <= close.shift(2)) & ~(close > close.rolling(5).max().shift())
    n = int(cond.iloc[-1].sum())
    label = 'few' if 0 <= n < 5 else 'some' if 5 <= n < 20 else 'many'
    print(label, n & 1, n | 8, n ^ 3, n << 1, n >> 1, -n // 3, n % 7, n ** 0.5, not n)
    return cond.astype(bool)
