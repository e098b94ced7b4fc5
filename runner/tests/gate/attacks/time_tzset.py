# rule: import-not-allowed
from time import tzset
tzset()
position = 1
