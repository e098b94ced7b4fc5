# rule: name-not-allowed
def strategy(data, __class__=1):
    return data
