# rule: module-as-value
def f(m):
    return m.isna(1)
position = f(pd)
