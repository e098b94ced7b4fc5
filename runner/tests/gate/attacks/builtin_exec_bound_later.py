# rule: name-not-allowed
exec('import os')
exec = 1
position = exec
