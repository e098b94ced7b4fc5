# rule: name-not-allowed
def f():
    global type
    type = 1
f()
position = 1
