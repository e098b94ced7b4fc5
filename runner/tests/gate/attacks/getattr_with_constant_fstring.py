# rule: attribute-not-allowed
position = getattr(data, f'get')
