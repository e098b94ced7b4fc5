# rule: call-not-allowed
g = globals()
position = g['__builtins__']
