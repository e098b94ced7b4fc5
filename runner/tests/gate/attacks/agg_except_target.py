# rule: string-dispatch
try:
    position = 1
except Exception as how:
    position = data.get('price:收盤價').agg(how)
