# rule: attribute-not-allowed
def f():
    pass
position = f.__globals__['__builtins__']
