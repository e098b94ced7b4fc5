# rule: call-not-allowed
pd.set_option(pat='plotting.backend', value='os')
position = 1
