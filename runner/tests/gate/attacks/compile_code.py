# rule: name-not-allowed
code = compile('import os', 'x', 'exec')
position = code
