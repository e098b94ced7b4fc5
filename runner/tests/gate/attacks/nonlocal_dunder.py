# rule: name-not-allowed
def f():
    x = 1
    def g():
        nonlocal __class__
    return g
position = f
