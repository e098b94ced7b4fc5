# rule: module-as-value
position = [pd for pd in [data]]
