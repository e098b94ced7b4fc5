# rule: call-not-allowed
with pd.option_context('plotting.backend', 'os'):
    position = 1
