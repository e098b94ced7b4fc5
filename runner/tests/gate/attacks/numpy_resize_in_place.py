# rule: attribute-not-allowed
a = np.zeros(3)
a.resize(1000, refcheck=False)
position = a
