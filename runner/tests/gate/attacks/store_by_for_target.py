# rule: attribute-store
for data.values in [1]:
    position = 1
