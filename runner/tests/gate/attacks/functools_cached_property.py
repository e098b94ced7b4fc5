# rule: import-not-allowed
from functools import cached_property
position = cached_property(print)
