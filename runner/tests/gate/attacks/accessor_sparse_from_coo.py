# rule: attribute-not-allowed
position = pd.Series([1]).sparse.from_coo(1)
