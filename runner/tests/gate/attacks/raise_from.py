# rule: name-not-allowed
position = 1
raise ValueError from eval('1')
