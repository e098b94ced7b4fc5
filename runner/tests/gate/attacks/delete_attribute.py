# rule: attribute-store
del data.get
position = 1
