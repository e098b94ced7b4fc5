# rule: pattern
match {'a': data}:
    case {'a': object(get=g)}:
        position = g
