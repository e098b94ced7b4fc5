# rule: name-not-allowed
position = f"{open('/etc/passwd').read()}"
