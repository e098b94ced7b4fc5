# rule: attribute-not-allowed
def f():
    yield 1
position = f().cr_frame
