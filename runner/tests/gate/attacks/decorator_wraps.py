# rule: import-not-allowed
from functools import wraps
def outer(f):
    @wraps(pd.isna)
    def inner(x):
        return x
    return inner
position = outer(1)
