# rule: pattern
match [data]:
    case [object(__dict__=d)]:
        position = d
