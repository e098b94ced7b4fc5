# rule: name-not-allowed
exec('import os')
position = 1
