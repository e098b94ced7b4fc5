# rule: import-not-allowed
from typing import TypedDict
position = TypedDict('T', {'a': int})
