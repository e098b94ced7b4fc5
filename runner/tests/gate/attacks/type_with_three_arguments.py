# rule: call-not-allowed
position = type('X', (), {'__getattr__': lambda self, name: name})
