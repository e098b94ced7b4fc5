# rule: import-not-allowed
import builtins
position = builtins.open('/etc/passwd').read()
