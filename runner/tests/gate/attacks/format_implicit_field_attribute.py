# rule: format-string
position = '{.__class__}'.format(data)
