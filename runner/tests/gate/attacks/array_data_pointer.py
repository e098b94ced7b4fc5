# rule: attribute-not-allowed
position = np.zeros(3).data
