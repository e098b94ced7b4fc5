# rule: name-not-allowed
def getattr(owner, name):
    return owner
position = getattr(1, '__class__')
