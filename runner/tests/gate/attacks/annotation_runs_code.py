# rule: name-not-allowed
def strategy(data: exec('import os')):
    return data
