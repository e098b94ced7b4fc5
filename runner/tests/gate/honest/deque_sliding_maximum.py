from collections import deque

def sliding_maximum(values, n):
    window = deque()
    for i, v in enumerate(values):
        while window and values[window[-1]] <= v:
            window.pop()
        window.append(i)
        if window[0] <= i - n:
            window.popleft()
        yield values[window[0]] if i >= n - 1 else float('nan')

def strategy(data):
    close = data.get('price:收盤價').ffill().fillna(0)
    tops = {s: list(sliding_maximum(close[s].tolist(), 30)) for s in close}
    top = pd.DataFrame(tops, index=close.index)
    recent = deque(maxlen=3)
    for name in ('a', 'b', 'c', 'd'):
        recent.append(name)
    print(list(recent), recent.maxlen)
    return close >= top * 0.98
