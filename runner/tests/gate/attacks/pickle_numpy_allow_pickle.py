# rule: attribute-not-allowed
position = np.lib.npyio.NpzFile('/tmp/x')
