# rule: attribute-not-allowed
def strategy(data) -> print.__self__:
    return data
