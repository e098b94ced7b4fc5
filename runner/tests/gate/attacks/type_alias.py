# rule: statement-not-allowed
type X = print('hidden')
position = X
