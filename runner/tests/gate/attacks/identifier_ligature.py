# rule: name-not-allowed
position = open if False else ᵒpen('/etc/passwd')
