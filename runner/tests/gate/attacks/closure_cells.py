# rule: attribute-not-allowed
def f():
    x = 1
    return lambda: x
position = f().__closure__[0].cell_contents
