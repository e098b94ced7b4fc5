# rule: call-not-allowed
with pd.option_context('display.max_rows', 5, 'plotting.backend', 'os'):
    position = 1
