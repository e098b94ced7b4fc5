# rule: attribute-not-allowed
position = getattr(data, '__cl' 'ass__')
