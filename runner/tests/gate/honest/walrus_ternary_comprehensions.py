def strategy(data):
    close = data.get('price:收盤價')
    windows = (5, 20, 60)
    averages = {w: close.rolling(w).mean() for w in windows if w > 1}
    names = [f"MA{w}" for w in sorted(averages, reverse=True)]
    unique_letters = {name[0] for name in names}
    if (n := len(names)) >= 3 and 'M' in unique_letters:
        print(n, 'averages:', ', '.join(names))
    aligned = (averages[5] > averages[20]) & (averages[20] > averages[60])
    lookback = 10 if close.shape[0] < 500 else 20
    return aligned & (close.pct_change(lookback) > 0)
