# rule: name-not-allowed
def __getattr__(name):
    return name
position = 1
