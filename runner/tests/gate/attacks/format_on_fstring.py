# rule: attribute-not-allowed
position = f'{{0.__class__}}'.format(data)
