# rule: attribute-not-allowed
position = pd.HDFStore('/tmp/x')
