# rule: name-not-allowed
position = [x for x in [1] if open('/etc/passwd')]
