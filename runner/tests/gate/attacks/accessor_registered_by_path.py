# rule: attribute-not-allowed
pd.api.extensions.register_series_accessor('x')(print)
position = 1
