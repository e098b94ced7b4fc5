# rule: name-not-allowed
position = dir(data)
