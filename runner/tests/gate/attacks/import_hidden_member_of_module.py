# rule: import-not-allowed
from random import _os
position = _os.environ
