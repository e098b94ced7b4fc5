# rule: attribute-not-allowed
position = np.random.PCG64().capsule
