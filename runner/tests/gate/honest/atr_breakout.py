import numpy as np

def strategy(data):
    high = data.get('price:最高價')
    low = data.get('price:最低價')
    close = data.get('price:收盤價')
    prev_close = close.shift(1)
    # 真實波幅 True Range
    tr1 = high - low
    tr2 = (high - prev_close).abs()
    tr3 = (low - prev_close).abs()
    tr = np.maximum(np.maximum(tr1, tr2), tr3)
    atr = tr.rolling(14).mean()
    channel_top = close.rolling(20).max().shift(1)
    breakout = close > channel_top + 0.5 * atr
    weak = close < close.rolling(20).mean() - 2 * atr
    return breakout.hold_until(weak)
