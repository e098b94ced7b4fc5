# rule: statement-not-allowed
type A = exec('1')
position = A
