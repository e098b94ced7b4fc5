# rule: call-not-allowed
position = locals()['__builtins__']
