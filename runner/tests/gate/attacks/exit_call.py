# rule: name-not-allowed
position = 1
exit(137)
