# rule: attribute-store
a, *data.get = [1, 2, 3]
position = a
