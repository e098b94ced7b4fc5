# rule: decorator
@(lambda f: f)
def strategy(data):
    return data
