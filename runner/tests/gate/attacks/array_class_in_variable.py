# rule: call-not-allowed
make = np.ndarray
position = make((2,), dtype=object, buffer=np.arange(2))
