# rule: attribute-not-allowed
position = np.from_dlpack(data)
