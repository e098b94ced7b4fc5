# rule: attribute-not-allowed
position = pd.read_csv('/etc/passwd')
