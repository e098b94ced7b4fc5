# rule: name-not-allowed
position = GeneratorExit
