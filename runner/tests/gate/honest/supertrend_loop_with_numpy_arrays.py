def supertrend(high, low, close, atr, factor=3.0):
    hl2 = (high + low) / 2
    upper, lower = (hl2 + factor * atr).values, (hl2 - factor * atr).values
    c = close.values
    trend = np.ones(c.shape, dtype=np.int8)
    for i in range(1, c.shape[0]):
        upper[i] = np.where((upper[i] < upper[i - 1]) | (c[i - 1] > upper[i - 1]), upper[i], upper[i - 1])
        lower[i] = np.where((lower[i] > lower[i - 1]) | (c[i - 1] < lower[i - 1]), lower[i], lower[i - 1])
        trend[i] = np.where(c[i] > upper[i - 1], 1, np.where(c[i] < lower[i - 1], -1, trend[i - 1]))
    return pd.DataFrame(trend, index=close.index, columns=close.columns)


def strategy(data):
    high, low, close = (data.get(f'price:{k}') for k in ('最高價', '最低價', '收盤價'))
    atr = data.indicator('ATR', timeperiod=10)
    st = supertrend(high, low, close, atr)
    return (st == 1) & (st.shift(1) == -1) | ((st == 1) & (close > close.shift(20)))
