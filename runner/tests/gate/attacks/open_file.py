# rule: name-not-allowed
position = open('/etc/passwd').read()
