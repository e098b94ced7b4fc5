# rule: attribute-not-allowed
position = getattr((), '__class__')
