# rule: syntax
print 'hello'
position = 1
