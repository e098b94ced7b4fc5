# rule: call-not-allowed
def strategy(data, g=getattr):
    return g(data, '__class__')
