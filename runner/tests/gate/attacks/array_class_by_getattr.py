# rule: call-not-allowed
position = getattr(np, 'ndarray')((2,), object, np.arange(2))
