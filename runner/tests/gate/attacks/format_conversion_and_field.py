# rule: format-string
position = '{0!r:{0.__class__}}'.format(data)
