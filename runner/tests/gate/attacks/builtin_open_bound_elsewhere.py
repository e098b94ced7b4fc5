# rule: name-not-allowed
def f():
    open = 1
    return open
position = open('/etc/passwd').close
