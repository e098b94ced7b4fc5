# rule: attribute-not-allowed
def f():
    yield from [1]
position = f().gi_yieldfrom
