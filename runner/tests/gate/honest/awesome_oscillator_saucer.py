from functools import reduce
import operator

def strategy(data):
    median_price = (data.get('price:最高價') + data.get('price:最低價')) / 2
    ao = median_price.rolling(5).mean() - median_price.rolling(34).mean()
    rising = ao.diff() > 0
    conditions = [
        ao > 0,
        rising,
        rising.shift(1).fillna(False),
        ao.shift(2).diff() < 0,
    ]
    signal = reduce(operator.and_, conditions)
    held = signal.rolling(10).max().fillna(0).astype(bool)
    return held
