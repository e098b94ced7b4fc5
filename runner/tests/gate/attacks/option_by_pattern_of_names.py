# rule: call-not-allowed
pd.set_option('plotting.back.*', 'os')
position = 1
