# rule: format-string
position = ('{0' '.__class__}').format(data)
