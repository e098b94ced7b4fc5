# rule: module-as-value
lib = np
position = lib.load('/etc/passwd')
