def ema(x, n): return x.ewm(span=n, adjust=False).mean()
def dema(x, n): return 2 * ema(x, n) - ema(ema(x, n), n)
def tema(x, n): return 3 * ema(x, n) - 3 * ema(ema(x, n), n) + ema(ema(ema(x, n), n), n)

def strategy(data):
    close = data.get('price:收盤價')
    fast = tema(close, 10); slow = dema(close, 30)
    position = (fast > slow)
    position &= close > close.rolling(120, min_periods=60).mean()
    position |= close.pct_change(5) > 0.15
    position ^= close.isna()
    return position
