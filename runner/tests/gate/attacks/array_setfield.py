# rule: attribute-not-allowed
np.zeros(3).setfield(1, 'O')
position = 1
