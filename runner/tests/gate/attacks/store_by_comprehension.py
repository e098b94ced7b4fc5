# rule: attribute-store
position = [1 for data.get in [1, 2]]
