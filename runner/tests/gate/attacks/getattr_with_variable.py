# rule: attribute-not-allowed
name = '__cl' + 'ass__'
position = getattr(data, name)
