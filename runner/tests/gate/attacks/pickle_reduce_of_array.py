# rule: attribute-not-allowed
position = np.zeros(1).__reduce__()
