# rule: string-dispatch
from functools import partial as f
from json import loads as f
position = data.get('price:收盤價').agg(f('"to_csv"'))
