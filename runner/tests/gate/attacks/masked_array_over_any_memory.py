# rule: attribute-not-allowed
position = np.ma.frombuffer(b'x' * 72, dtype='i8')
