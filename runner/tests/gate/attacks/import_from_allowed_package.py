# rule: import-not-allowed
from pandas.io.common import os
position = os
