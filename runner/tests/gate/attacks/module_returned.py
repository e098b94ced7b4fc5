# rule: module-as-value
def f():
    return np
position = f().memmap('/etc/passwd')
