# rule: attribute-not-allowed
template = '{0.__class__}'
position = template.format(data)
