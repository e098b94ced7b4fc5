# rule: attribute-not-allowed
position = getattr(data, 'get' if data else '__class__')
