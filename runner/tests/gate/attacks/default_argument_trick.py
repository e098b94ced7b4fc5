# rule: name-not-allowed
def strategy(data, f=open):
    return f('/etc/passwd')
