# rule: encoding
# vim: set fileencoding=rot13 :
position = 1
