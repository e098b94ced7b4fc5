# rule: attribute-not-allowed
import functools
@functools.cache
def f():
    return 1
position = f.__wrapped__.__globals__
