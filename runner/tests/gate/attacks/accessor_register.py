# rule: attribute-not-allowed
position = pd.api.extensions.register_dataframe_accessor('os')
