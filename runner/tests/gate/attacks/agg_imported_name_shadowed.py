# rule: string-dispatch
from math import sqrt
sqrt = 'to_csv'
position = data.get('price:收盤價').agg(sqrt)
