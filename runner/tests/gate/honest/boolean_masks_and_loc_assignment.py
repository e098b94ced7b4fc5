def strategy(data):
    close = data.get('price:收盤價')
    signal = pd.DataFrame(0, index=close.index, columns=close.columns, dtype='int8')
    ma20, ma60 = close.rolling(20).mean(), close.rolling(60).mean()
    signal[(close > ma20) & (ma20 > ma60)] = 1
    signal[(close < ma20) & (ma20 < ma60)] = -1
    signal.loc[signal.index < close.index[60], :] = 0
    signal.iloc[-1] = signal.iloc[-2]
    signal.loc[close.index[100]:close.index[110], close.columns[0]] = 0
    signal.iat[0, 0] = 0
    signal.at[close.index[1], close.columns[1]] = 0
    last = signal.iloc[-1]
    print((last == 1).sum(), 'long', last.eq(-1).sum(), 'weak', last[last.ne(0)].index[:3].tolist())
    del ma60
    return signal.clip(lower=0).astype(bool)
