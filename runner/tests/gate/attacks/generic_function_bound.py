# rule: statement-not-allowed
def strategy[T: exec](data):
    return data
