# rule: call-not-allowed
f = pd.set_option
position = f('plotting.backend', 'os')
