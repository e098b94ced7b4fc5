# rule: module-as-value
f = lambda m=np: m
position = f()
