# rule: name-not-allowed
position = __builtins__['__import__']('os')
