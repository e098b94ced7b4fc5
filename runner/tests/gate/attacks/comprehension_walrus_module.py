# rule: module-as-value
position = [(m := np) for x in [1]]
