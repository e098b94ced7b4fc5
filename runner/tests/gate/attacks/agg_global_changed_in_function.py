# rule: string-dispatch
how = 'mean'
def f():
    global how
    how = str('to_csv')
f()
position = data.get('price:收盤價').agg(how)
