# rule: decorator
@print
def strategy(data):
    return data
