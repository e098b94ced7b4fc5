# rule: attribute-not-allowed
position = [[y.__class__ for y in [x]] for x in [data]]
