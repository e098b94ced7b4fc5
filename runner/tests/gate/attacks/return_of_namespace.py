# rule: call-not-allowed
def f():
    return locals()
position = f()['data']
