# rule: attribute-not-allowed
match {}:
    case {pd.io.common.os: x}:
        position = x
