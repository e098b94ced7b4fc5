# rule: import-not-allowed
from functools import singledispatch
@singledispatch
def f(x):
    return x
position = f.registry
