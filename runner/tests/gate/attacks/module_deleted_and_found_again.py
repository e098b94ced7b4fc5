# rule: module-as-value
del pd
position = pd.read_csv('/etc/passwd')
