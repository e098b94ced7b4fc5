# rule: attribute-not-allowed
position = format(data, data.__class__)
