def strategy(data):
    c = data.get('price:收盤價')
    fast = c.ewm(span=12, adjust=False, min_periods=12).mean()
    slow = c.ewm(halflife=20).mean()
    smooth = c.ewm(com=5).std() / c.ewm(alpha=0.1, ignore_na=True).mean()
    up = (fast > slow) & (fast.shift(1) <= slow.shift(1))
    down = fast < slow
    calm = smooth < smooth.expanding(min_periods=60).median()
    return (up & calm).hold_until(down, nstocks_limit=20, rank=-smooth)
