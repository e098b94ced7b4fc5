# rule: name-not-allowed
position = eval('1+1')
