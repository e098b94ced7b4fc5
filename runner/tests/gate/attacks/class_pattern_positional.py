# rule: pattern
match data:
    case dict(x):
        position = x
