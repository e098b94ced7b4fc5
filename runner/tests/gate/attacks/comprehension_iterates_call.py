# rule: name-not-allowed
position = {k: v for k, v in vars(data).items()}
