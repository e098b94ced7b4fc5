# rule: name-not-allowed
a = {}
del a[eval('1')]
position = a
