# rule: string-dispatch
import contextlib
with contextlib.nullcontext('to_csv') as how:
    position = data.get('price:收盤價').agg(how)
