# rule: module-as-value
position = {'n': np}['n'].load
