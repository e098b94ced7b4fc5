# rule: attribute-not-allowed
position = np.seterrcall(print)
