# rule: attribute-not-allowed
position = pd.read_pickle('http://example.org/x')
