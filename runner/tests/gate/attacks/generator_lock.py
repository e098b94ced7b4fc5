# rule: attribute-not-allowed
position = np.random.default_rng().bit_generator.lock
