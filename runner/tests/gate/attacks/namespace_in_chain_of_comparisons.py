# rule: call-not-allowed
position = 1 < globals() in [1]
