def midpoint(high, low, n):
    return (high.rolling(n).max() + low.rolling(n).min()) / 2


def strategy(data):
    close = data.get('price:收盤價')
    high = data.get('price:最高價')
    low = data.get('price:最低價')

    tenkan = midpoint(high, low, 9)          # 轉換線
    kijun = midpoint(high, low, 26)          # 基準線
    senkou_a = ((tenkan + kijun) / 2).shift(26)   # 先行帶A
    senkou_b = midpoint(high, low, 52).shift(26)  # 先行帶B

    cloud_top = np.fmax(senkou_a, senkou_b)
    above_cloud = close > cloud_top
    bullish = tenkan > kijun
    position = above_cloud & bullish & close.notna()
    print("Cloud strategy: {} days, {} stocks".format(*position.shape))
    return position
