# rule: statement-not-allowed
class A(metaclass=print):
    x = 1
position = A
