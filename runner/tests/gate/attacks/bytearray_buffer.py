# rule: name-not-allowed
position = bytearray(10)
