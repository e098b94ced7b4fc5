# rule: attribute-not-allowed
position = pd.core.computation.eval.eval('1')
