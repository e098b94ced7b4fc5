# rule: call-not-allowed
from functools import partial
position = partial(data.get('price:收盤價').agg, 'to_csv')()
