# rule: call-not-allowed
def strategy(data, x: (make := np.ndarray) = 1):
    return make((2,), object, np.arange(2))
