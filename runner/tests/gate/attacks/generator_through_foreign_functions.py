# rule: attribute-not-allowed
position = np.random.PCG64().ctypes.state_address
