# rule: attribute-not-allowed
def strategy(data):
    yield data.__class__
