# rule: name-not-allowed
position = f'{(lambda: eval(1))()}'
