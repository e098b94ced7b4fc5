# rule: attribute-not-allowed
position = [1, 2][().__len__():]
