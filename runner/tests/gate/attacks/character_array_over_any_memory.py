# rule: attribute-not-allowed
position = np.char.chararray((2,), buffer=b'ab')
