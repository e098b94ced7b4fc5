# rule: call-not-allowed
position = list(map(type, [1]))
