# rule: attribute-not-allowed
position = np.rec.fromfile('/etc/passwd', dtype='S1')
