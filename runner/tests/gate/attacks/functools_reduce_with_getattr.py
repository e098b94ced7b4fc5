# rule: call-not-allowed
from functools import reduce
position = reduce(getattr, ['__class__', '__mro__'], ())
