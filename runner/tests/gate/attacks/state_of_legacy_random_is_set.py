# rule: attribute-not-allowed
np.random.RandomState(1).set_state(('MT19937', [0], 2**40))
position = 1
