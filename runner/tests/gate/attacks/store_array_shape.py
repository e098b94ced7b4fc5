# rule: attribute-store
a = np.zeros(3)
a.shape = (3, 1)
position = a
