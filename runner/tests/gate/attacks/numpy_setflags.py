# rule: attribute-not-allowed
a = np.zeros(3)
a.setflags(write=True)
position = a
