# 沒有 class 也能包裝狀態: 用 dict 存函式
def make_filter(name, rule):
    return {'name': name, 'rule': rule, 'hits': 0}

def run_filter(f, frame):
    result = f['rule'](frame)
    f['hits'] = int(result.sum().sum())
    return result

def strategy(data):
    close = data.get('price:收盤價')
    pipeline = [
        make_filter('price above 10', lambda x: x > 10),
        make_filter('above MA60', lambda x: x > x.rolling(60).mean()),
        make_filter('new 20 day high', lambda x: x >= x.rolling(20).max()),
        make_filter('not limit up', lambda x: x.pct_change() < 0.095),
    ]
    final = close.notna()
    for f in pipeline:
        final = final & run_filter(f, close)
    width = max(len(f['name']) for f in pipeline)
    for f in pipeline:
        print(f"{f['name']:<{width}} | {f['hits']:>8,d}")
    return final.rolling(5, min_periods=1).max().astype(bool)
