# rule: attribute-store
np.mean = print
position = 1
