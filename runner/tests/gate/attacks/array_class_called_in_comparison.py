# rule: call-not-allowed
position = np.ndarray((2,), object, np.arange(2)) == 1
