# rule: call-not-allowed
name = 'plotting.backend'
pd.set_option(name, 'os')
position = 1
