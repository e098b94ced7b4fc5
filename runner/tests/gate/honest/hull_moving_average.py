import numpy as np

def wma(frame, n):
    weights = np.arange(1, n + 1)
    denominator = weights.sum()
    return frame.rolling(n).apply(lambda x: np.dot(x, weights) / denominator, raw=True)

def hma(frame, n):
    half = int(n / 2)
    root = int(np.sqrt(n))
    return wma(2 * wma(frame, half) - wma(frame, n), root)

def strategy(data):
    close = data.get('price:收盤價')
    h = hma(close, 20)
    turning_up = (h > h.shift(1)) & (h.shift(1) < h.shift(2))
    turning_down = (h < h.shift(1)) & (h.shift(1) > h.shift(2))
    return turning_up.hold_until(turning_down)
