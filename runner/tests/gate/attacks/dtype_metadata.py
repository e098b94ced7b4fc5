# rule: attribute-not-allowed
position = np.dtype('f8').metadata
