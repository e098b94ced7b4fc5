# rule: attribute-store
a = np.zeros(3)
a.strides = (0,)
position = a
