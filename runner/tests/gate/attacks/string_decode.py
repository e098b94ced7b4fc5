# rule: attribute-not-allowed
position = pd.Series([b'x']).str.decode('bz2')
