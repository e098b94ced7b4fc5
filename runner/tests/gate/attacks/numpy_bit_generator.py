# rule: attribute-not-allowed
position = np.random.default_rng(0).bit_generator.ctypes
