# rule: call-not-allowed
position = type(data)('x')
