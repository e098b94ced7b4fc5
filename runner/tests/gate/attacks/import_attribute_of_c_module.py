# rule: import-not-allowed
import _io
position = _io.open('/etc/passwd')
