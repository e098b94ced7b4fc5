# rule: attribute-not-allowed
position = np.memmap('/etc/passwd', dtype='u1')
