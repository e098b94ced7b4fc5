# rule: import-not-allowed
from numpy import *
position = load('/etc/passwd')
