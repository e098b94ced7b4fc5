# rule: module-as-value
position = (None or np).fromfile('x')
