# rule: module-as-value
for np in [data]:
    position = np.load('x')
