# rule: attribute-not-allowed
position = np.lib.npyio.os.environ
