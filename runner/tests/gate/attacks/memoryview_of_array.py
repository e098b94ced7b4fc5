# rule: name-not-allowed
position = memoryview(np.zeros(3))
