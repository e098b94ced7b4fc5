# rule: name-not-allowed
def f():
    type = 1
    return type
t = type(int)
position = t('A', (), {})
