# rule: attribute-not-allowed
position = np.lib.npyio.DataSource('/tmp').open('http://127.0.0.1/')
