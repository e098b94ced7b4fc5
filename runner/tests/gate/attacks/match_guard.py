# rule: name-not-allowed
match data:
    case x if eval('1'):
        position = x
