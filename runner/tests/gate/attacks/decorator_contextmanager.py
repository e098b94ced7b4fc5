# rule: import-not-allowed
from contextlib import contextmanager
@contextmanager
def f():
    yield 1
position = f()
