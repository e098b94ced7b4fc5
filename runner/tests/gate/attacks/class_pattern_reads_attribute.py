# rule: pattern
match data:
    case object(__class__=c):
        position = c
