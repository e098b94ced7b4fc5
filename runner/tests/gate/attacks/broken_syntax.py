# rule: syntax
def strategy(data)
    return data
