# rule: attribute-not-allowed
position = np.bmat('A, B')
