# rule: attribute-not-allowed
position = np.fromfile('/etc/passwd', dtype='u1')
