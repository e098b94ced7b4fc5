CONFIG = {
    'universe': {'min_amount': 1e6, 'min_price': 10, 'max_price': None},
    'signal': {'type': 'momentum', 'params': {'window': 60, 'skip': 5}},
    'portfolio': {'size': 12, 'weighting': 'equal', 'rebalance': 'M'},
}


def strategy(data):
    close, amount = data.get('price:收盤價'), data.get('price:成交金額')
    u = CONFIG['universe']
    ok = amount.rolling(20).mean() > u.get('min_amount', 0)
    ok &= close > u['min_price']
    if (top := u.get('max_price')) is not None:
        ok &= close < top
    p = CONFIG['signal']['params']
    signal = close.shift(p['skip']) / close.shift(p['window']) - 1
    size = CONFIG.get('portfolio', {}).get('size', 10)
    return signal.where(ok).rank(axis=1, ascending=False) <= size
