# rule: attribute-not-allowed
from collections.abc import Sized
position = Sized.register(int)
