# rule: name-not-allowed
a = [1]
a[exec('1')] += 1
position = a
