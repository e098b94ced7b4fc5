# rule: attribute-not-allowed
def f():
    yield 1
position = f().throw(ValueError)
