# rule: call-not-allowed
position = np.ndarray((2,), dtype=object, buffer=np.arange(2))
