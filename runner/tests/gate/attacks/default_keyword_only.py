# rule: name-not-allowed
def strategy(data, *, f=__import__('os')):
    return f
