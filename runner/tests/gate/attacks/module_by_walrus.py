# rule: module-as-value
position = (m := np).fromfile('/etc/passwd')
