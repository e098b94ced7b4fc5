# rule: attribute-not-allowed
position = pd.Series(['a']).str.encode('zlib')
