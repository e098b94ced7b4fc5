# rule: call-not-allowed
pd.set_option('backend', 'os')
position = 1
