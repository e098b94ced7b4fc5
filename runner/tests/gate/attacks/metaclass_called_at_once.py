# rule: call-not-allowed
position = type(int)('A', (), {})
