# rule: name-not-allowed
match data:
    case [__builtins__, *rest]:
        position = rest
