# rule: name-not-allowed
__builtins__ = {}
position = 1
