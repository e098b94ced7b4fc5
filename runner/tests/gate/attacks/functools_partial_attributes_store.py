# rule: attribute-store
from functools import partial
p = partial(print)
p.func = 1
position = p
