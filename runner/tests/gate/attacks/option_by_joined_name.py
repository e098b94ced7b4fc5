# rule: call-not-allowed
pd.set_option('plotting.' + 'backend', 'os')
position = 1
