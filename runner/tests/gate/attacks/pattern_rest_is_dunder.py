# rule: name-not-allowed
match {}:
    case {'a': 1, **__builtins__}:
        position = 1
