# rule: call-not-allowed
position = dict(**globals())
