# rule: attribute-not-allowed
position = pd.DataFrame._constructor
