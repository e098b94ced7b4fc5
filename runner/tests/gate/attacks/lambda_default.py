# rule: name-not-allowed
position = (lambda f=__import__: f('os'))()
