# rule: attribute-not-allowed
def f():
    return 1
position = f.__code__.co_consts
