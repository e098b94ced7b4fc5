# rule: name-not-allowed
def f(getattr):
    return getattr
position = getattr(data, '__cl' + 'ass__')
