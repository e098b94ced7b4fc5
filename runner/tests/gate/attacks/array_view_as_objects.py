# rule: attribute-not-allowed
position = np.arange(3).view('O')
