# rule: name-not-allowed
import math as __builtins__
position = 1
