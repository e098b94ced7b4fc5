# rule: name-not-allowed
position = print(*open('/etc/passwd'))
