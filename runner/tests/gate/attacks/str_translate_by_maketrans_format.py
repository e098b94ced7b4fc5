# rule: attribute-not-allowed
f = str.format
position = f('{0.__class__}', data)
