# rule: pattern
match data:
    case 1 | object(__class__=c):
        position = c
