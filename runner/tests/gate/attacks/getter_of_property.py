# rule: attribute-not-allowed
position = pd.DataFrame.shape.fget(data)
