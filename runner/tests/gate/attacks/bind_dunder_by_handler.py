# rule: name-not-allowed
try:
    position = 1
except Exception as __builtins__:
    pass
