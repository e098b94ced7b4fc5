# rule: syntax
position = 1
return position
