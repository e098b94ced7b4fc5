# rule: name-not-allowed
raise KeyboardInterrupt
position = 1
