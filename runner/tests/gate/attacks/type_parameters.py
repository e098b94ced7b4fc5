# rule: statement-not-allowed
def strategy[T: print('hidden')](data):
    return data
