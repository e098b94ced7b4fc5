# rule: attribute-not-allowed
match data:
    case pd.__version__:
        position = 1
