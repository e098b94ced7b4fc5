# rule: attribute-not-allowed
np.save('/tmp/x', np.zeros(3))
position = 1
