# rule: attribute-store
def f():
    return 1
pd.isna.__code__ = f.__code__
position = 1
