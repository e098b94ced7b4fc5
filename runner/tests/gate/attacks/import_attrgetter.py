# rule: import-not-allowed
from operator import attrgetter
position = attrgetter('__class__.__mro__')(())
