# rule: attribute-store
pd.options.plotting.backend = 'os'
position = 1
