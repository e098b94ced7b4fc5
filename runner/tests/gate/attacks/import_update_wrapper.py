# rule: import-not-allowed
from functools import update_wrapper
def mine():
    pass
position = update_wrapper(pd.isna, mine, assigned=('__code__',))
