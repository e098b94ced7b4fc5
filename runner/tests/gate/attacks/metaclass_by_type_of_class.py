# rule: call-not-allowed
make = type(int)
position = make('A', (), {'close': lambda self: 7})().close()
