# rule: name-not-allowed
position = dict(__class__=1)
