# rule: name-not-allowed
position = vars(data)
