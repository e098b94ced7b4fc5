# rule: attribute-not-allowed
position = np.void(b'abcd')
