# rule: attribute-not-allowed
position = getattr(np, 'load')('/etc/passwd')
