# rule: attribute-store
data.get += 1
position = 1
