# rule: name-not-allowed
def strategy(data, tools=[open, eval]):
    return tools[0]
