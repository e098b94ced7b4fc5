# rule: attribute-not-allowed
position = str.format('{0.__class__}', data)
