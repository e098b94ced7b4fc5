# rule: attribute-not-allowed
position = f'{data.__dict__=}'
