def strategy(data):
    h, l, c = data.get('price:最高價'), data.get('price:最低價'), data.get('price:收盤價')
    v = data.get('price:成交股數')
    tp = (h + l + c) / 3
    flow = tp * v
    positive = flow.where(tp.diff() > 0, 0).rolling(14).sum()
    negative = flow.where(tp.diff() < 0, 0).rolling(14).sum().abs()
    mfi = 100 - 100 / (1 + positive / negative.replace(0, np.nan))
    direction = np.sign(c.diff()).fillna(0)
    obv = (direction * v).cumsum()
    return (mfi < 25) & (obv > obv.rolling(20).mean())
