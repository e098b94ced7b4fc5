# rule: attribute-not-allowed
position = np.exceptions._is_loaded
