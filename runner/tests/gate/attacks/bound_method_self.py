# rule: attribute-not-allowed
position = data.get.__self__
