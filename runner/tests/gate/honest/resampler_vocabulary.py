import pandas as pd

def strategy(data):
    o, h, l, c, v = [data.get('price:' + k) for k in ('開盤價', '最高價', '最低價', '收盤價', '成交股數')]
    weekly = {
        'open': o.resample('W').first(),
        'high': h.resample('W').max(),
        'low': l.resample('W').min(),
        'close': c.resample('W').last(),
        'volume': v.resample('W').sum(),
        'vwap': (c * v).resample('W').sum() / v.resample('W').sum(),
    }
    one = c.iloc[:, 0].resample('2W', label='right', closed='right').ohlc()
    print(one.tail(2))
    bi = c.resample('15D', origin='start').mean().interpolate('linear')
    up = c.resample('W').last().resample('D').ffill()
    dn = c.resample('W').asfreq()
    print(len(bi), len(up), len(dn), c.resample('QS').count().shape, c.resample('YE').nunique().shape)
    applied = c.resample('ME').apply(lambda x: x.iloc[-1] / x.iloc[0] - 1)
    print(applied.tail(1).mean(axis=1).values)
    breakout = weekly['close'] > weekly['high'].shift(1).rolling(8).max()
    with_volume = weekly['volume'] > weekly['volume'].rolling(8).mean()
    return breakout & with_volume & (weekly['close'] > weekly['vwap'])
