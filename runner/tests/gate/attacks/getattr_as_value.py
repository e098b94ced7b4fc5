# rule: call-not-allowed
g = getattr
position = g(data, '__class__')
