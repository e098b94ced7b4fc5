# rule: call-not-allowed
from itertools import starmap
position = list(starmap(getattr, [((), '__class__')]))
