# rule: import-not-allowed
from numpy import loadtxt
position = loadtxt('/etc/passwd')
