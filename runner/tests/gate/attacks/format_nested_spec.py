# rule: format-string
position = '{0:{1.__class__}}'.format(1, data)
