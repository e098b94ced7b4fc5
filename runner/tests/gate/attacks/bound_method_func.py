# rule: attribute-not-allowed
position = data.get.__func__.__globals__
