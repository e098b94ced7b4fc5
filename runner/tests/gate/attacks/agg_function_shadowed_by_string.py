# rule: string-dispatch
def how(x):
    return x
how = 'to_csv'
position = data.get('price:收盤價').agg(how)
