# rule: attribute-not-allowed
pd.reset_option('all')
position = 1
