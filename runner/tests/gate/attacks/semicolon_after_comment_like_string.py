# rule: name-not-allowed
'# harmless'; exec('1')
position = 1
