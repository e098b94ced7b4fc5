# rule: pattern
match data:
    case {'a': str(found)} if found:
        position = found
    case _:
        position = 1
