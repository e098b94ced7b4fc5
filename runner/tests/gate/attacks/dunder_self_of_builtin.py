# rule: attribute-not-allowed
position = print.__self__.open('/etc/passwd')
