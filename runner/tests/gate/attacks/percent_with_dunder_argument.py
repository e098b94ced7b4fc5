# rule: attribute-not-allowed
position = '%s' % data.__class__
