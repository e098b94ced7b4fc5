def strategy(data):
    close = data.get('price:收盤價')

    def ema_recursive(frame, depth, span=10):
        if depth == 0:
            return frame
        return ema_recursive(frame.ewm(span=span).mean(), depth - 1, span)

    def gcd(a, b):
        return a if b == 0 else gcd(b, a % b)

    def describe(frame, label='', *, digits=3):
        def fmt(x):
            return round(float(x), digits)
        return {f'{label}{k}': fmt(v) for k, v in zip(('mean', 'std'), (np.nanmean(frame), np.nanstd(frame)))}

    smooth = [ema_recursive(close, d) for d in range(1, 4)]
    print(describe(smooth[-1], label='ema3_'), gcd(84, 36))
    rising = [s.diff() > 0 for s in smooth]
    everything = rising[0]
    for r in rising[1:]:
        everything = everything & r
    return everything
