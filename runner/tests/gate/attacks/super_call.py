# rule: name-not-allowed
position = super(int, 1)
