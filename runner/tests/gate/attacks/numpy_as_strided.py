# rule: attribute-not-allowed
position = np.lib.stride_tricks.as_strided(np.zeros(1), (10 ** 9,), (8,))
