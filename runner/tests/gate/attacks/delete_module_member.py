# rule: attribute-store
del np.mean
position = 1
