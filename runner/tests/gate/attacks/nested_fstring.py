# rule: name-not-allowed
position = f"{f'{f"{eval(1)}"}'}"
