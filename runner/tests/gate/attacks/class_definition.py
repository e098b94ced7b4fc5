# rule: statement-not-allowed
class Position:
    pass
position = Position()
