# rule: string-dispatch
def f(how='to_csv'):
    return data.get('price:收盤價').agg(how)
position = f()
