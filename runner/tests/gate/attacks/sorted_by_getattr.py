# rule: call-not-allowed
position = sorted([()], key=getattr)
