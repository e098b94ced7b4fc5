# rule: decorator
import functools
@functools.cache
@list
def strategy(data):
    return data
