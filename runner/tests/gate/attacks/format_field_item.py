# rule: format-string
position = '{0[__builtins__]}'.format({})
