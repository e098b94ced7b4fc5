# rule: call-not-allowed
position = (type(int) if params else int)('A', (), {})
