# rule: name-not-allowed
position = anext(aiter([]))
