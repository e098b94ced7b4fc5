# rule: attribute-not-allowed
pd.describe_option('mode')
position = 1
