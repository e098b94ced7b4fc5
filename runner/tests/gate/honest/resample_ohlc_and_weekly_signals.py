def strategy(data):
    o, h, l, c = [data.get(f'price:{n}') for n in ['開盤價', '最高價', '最低價', '收盤價']]
    weekly = {'o': o.resample('W-FRI').first(), 'h': h.resample('W-FRI').max(), 'l': l.resample('W-FRI').min(), 'c': c.resample('W-FRI').last()}
    inside = (weekly['h'] < weekly['h'].shift()) & (weekly['l'] > weekly['l'].shift())
    up = weekly['c'] > weekly['o']
    signal = inside.shift(1, fill_value=False) & up
    daily = signal.reindex(c.index, method='ffill').fillna(False).infer_objects(copy=False)
    return daily.astype(bool)
