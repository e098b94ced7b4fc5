# rule: import-not-allowed
from typing import ForwardRef
position = ForwardRef('__import__(1)')
