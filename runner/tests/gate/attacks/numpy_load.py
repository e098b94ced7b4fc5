# rule: attribute-not-allowed
position = np.load('/tmp/x.npy', allow_pickle=True)
