# rule: module-as-value
position = (np if params else pd).load
