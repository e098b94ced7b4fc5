# rule: attribute-not-allowed
position = np.recarray((9,), dtype=object, buf=b'x' * 72)
