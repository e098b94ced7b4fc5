# rule: attribute-store
def f():
    pass
f.__code__ = 1
position = 1
