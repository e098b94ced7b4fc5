# rule: call-not-allowed
position = list(filter(hasattr, [()]))
