# rule: name-not-allowed
from numpy import mean as getattr
position = getattr(1, '__class__')
