# rule: import-not-allowed
from typing import ForwardRef
position = ForwardRef('open("/etc/passwd")')
