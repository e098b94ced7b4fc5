# rule: name-not-allowed
breakpoint()
position = 1
