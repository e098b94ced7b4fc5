# rule: import-not-allowed
from . import bootstrap
position = bootstrap
