# rule: attribute-not-allowed
position = pd.CategoricalDtype().type('A', (), {'close': lambda self: 7})().close()
