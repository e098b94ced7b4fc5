# rule: attribute-not-allowed
position = np.genfromtxt('http://example.org/x')
