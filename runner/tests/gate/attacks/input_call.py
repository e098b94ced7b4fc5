# rule: name-not-allowed
position = input('?')
