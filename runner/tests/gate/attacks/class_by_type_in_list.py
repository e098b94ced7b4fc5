# rule: call-not-allowed
position = [type(np.zeros(1))][0]((2,), object, np.arange(2))
