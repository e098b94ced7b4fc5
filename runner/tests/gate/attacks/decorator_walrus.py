# rule: decorator
@(f := print)
def strategy(data):
    return data
