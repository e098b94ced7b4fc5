# rule: attribute-not-allowed
position = np.frombuffer(b'12345678')
