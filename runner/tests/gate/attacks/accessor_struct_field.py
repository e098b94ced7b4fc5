# rule: attribute-not-allowed
position = pd.Series([1]).struct
