# rule: no-entry-point
def outer():
    def strategy(data):
        return data
    return strategy
