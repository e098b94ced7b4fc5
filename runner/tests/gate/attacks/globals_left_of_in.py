# rule: call-not-allowed
position = globals() in [data]
