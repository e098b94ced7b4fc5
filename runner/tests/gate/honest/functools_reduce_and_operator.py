from functools import reduce
import operator

close = data.get('price:收盤價')
volume = data.get('price:成交股數')
conditions = [
    close > close.average(20),
    close.average(20) > close.average(60),
    volume.average(5) > volume.average(20),
    close.rise(5),
    ~close.fall(20),
]
position = reduce(operator.and_, conditions)
any_of_them = reduce(lambda a, b: a | b, conditions)
print('share of days with any condition:', round(float(any_of_them.mean().mean()), 3))
