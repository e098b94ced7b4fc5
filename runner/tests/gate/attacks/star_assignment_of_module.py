# rule: module-as-value
a, *b = [1, np]
position = b
