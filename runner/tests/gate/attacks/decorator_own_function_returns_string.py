# rule: decorator
def to_word(f):
    return 'to_csv'
@to_word
def how(x):
    return x
position = data.get('price:收盤價').agg(how)
