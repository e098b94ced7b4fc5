# rule: import-not-allowed
import functools
from functools import partialmethod
position = partialmethod(print)
