# rule: name-not-allowed
assert data, open('/etc/passwd').read()
position = 1
