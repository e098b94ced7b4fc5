# rule: format-string
position = '{0.__class__.__init__.__globals__}'.format(data)
