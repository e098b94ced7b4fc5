# rule: attribute-not-allowed
with pd.ExcelWriter('/tmp/x') as writer:
    position = 1
