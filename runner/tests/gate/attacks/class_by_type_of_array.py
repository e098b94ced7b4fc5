# rule: call-not-allowed
array = type(np.zeros(1))
position = array((2,), object, np.arange(2))
