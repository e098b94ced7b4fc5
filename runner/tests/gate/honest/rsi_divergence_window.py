def rsi(close, n=14):
    delta = close.diff()
    gain = delta.clip(lower=0)
    loss = -delta.clip(upper=0)
    rs = gain.ewm(com=n - 1, min_periods=n).mean() / loss.ewm(com=n - 1, min_periods=n).mean()
    return 100 - (100 / (1 + rs))

def strategy(data):
    close = data.get('price:收盤價')
    r = rsi(close)
    window = 40
    price_low = close.rolling(window).min()
    rsi_low = r.rolling(window).min()
    price_makes_low = close <= price_low * 1.01
    rsi_higher = r > rsi_low + 5
    divergence = price_makes_low & rsi_higher & (r < 45)
    out = divergence.rolling(15, min_periods=1).sum().gt(0)
    return out
