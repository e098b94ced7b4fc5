# rule: attribute-not-allowed
position = np.f2py.compile('x')
