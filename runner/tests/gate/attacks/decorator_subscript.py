# rule: decorator
handlers = [print]
@handlers[0]
def strategy(data):
    return data
