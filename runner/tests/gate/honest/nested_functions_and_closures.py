from functools import reduce
import operator

def make_filter(table, threshold, above=True):
    def apply_filter():
        return table > threshold if above else table < threshold
    return apply_filter

def strategy(data):
    filters = [
        make_filter(data.get('fundamental_features:ROE稅後'), 8),
        make_filter(data.get('price_earning_ratio:本益比'), 25, above=False),
        make_filter(data.get('price_earning_ratio:股價淨值比'), 4, above=False),
    ]
    combined = reduce(operator.and_, [f() for f in filters])
    return combined & data.get('price:收盤價').notna()
