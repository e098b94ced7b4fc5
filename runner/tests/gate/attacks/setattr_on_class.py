# rule: name-not-allowed
setattr(pd.DataFrame, 'mean', 1)
position = 1
