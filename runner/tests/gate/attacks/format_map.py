# rule: attribute-not-allowed
position = '{a.__class__}'.format_map({'a': data})
