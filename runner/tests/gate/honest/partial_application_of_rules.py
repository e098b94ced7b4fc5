from functools import partial

def crosses(frame, fast, slow, how):
    a, b = (frame.rolling(n).mean() for n in (fast, slow)) if how == 'sma' else (frame.ewm(span=n).mean() for n in (fast, slow))
    return a > b

sma_rule = partial(crosses, fast=10, slow=40, how='sma')
ema_rule = partial(crosses, fast=12, slow=26, how='ema')

def compose(*functions):
    def run(x):
        for f in functions:
            x = f(x)
        return x
    return run

def strategy(data):
    close = data.get('price:收盤價')
    tidy = compose(lambda t: t.ffill(limit=5), lambda t: t.where(t > 0), np.log)
    logp = tidy(close)
    votes = [rule(close) for rule in (sma_rule, ema_rule)] + [logp.diff(20) > 0]
    print([f.func.__name__ for f in (sma_rule, ema_rule)], sma_rule.keywords)
    majority = pd.concat([v.astype(int) for v in votes], keys=range(3)).groupby(level=1).sum() >= 2
    return majority
