# rule: decorator
import functools
@functools.lru_cache(maxsize=None)(print)
def strategy(data):
    return data
