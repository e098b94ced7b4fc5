# rule: import-not-allowed
from decimal import getcontext
getcontext().prec = 10 ** 9
position = 1
