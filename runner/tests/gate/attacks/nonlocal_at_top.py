# rule: syntax
nonlocal position
position = 1
