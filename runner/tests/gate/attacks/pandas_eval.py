# rule: attribute-not-allowed
position = pd.eval('__import__("os")')
