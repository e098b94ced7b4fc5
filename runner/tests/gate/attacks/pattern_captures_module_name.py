# rule: module-as-value
match data:
    case np:
        position = np
