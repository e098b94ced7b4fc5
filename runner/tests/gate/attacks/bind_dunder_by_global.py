# rule: name-not-allowed
def strategy(data):
    global __builtins__
    return data
