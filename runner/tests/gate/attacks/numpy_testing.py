# rule: attribute-not-allowed
position = np.testing.measure('__import__("os").system("id")')
