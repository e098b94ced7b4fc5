# rule: format-string
position = list(map('{0.__class__}'.format, [data]))
