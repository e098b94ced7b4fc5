# rule: format-string
f = '{0.__class__}'.format
position = f(data)
