# rule: string-dispatch
from functools import reduce
position = reduce(lambda table, word: table.agg(word), ['to_csv'], data.get('price:收盤價'))
