# rule: name-not-allowed
for __name__ in ['x']:
    position = 1
