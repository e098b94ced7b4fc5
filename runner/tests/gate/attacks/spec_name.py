# rule: name-not-allowed
position = __spec__
