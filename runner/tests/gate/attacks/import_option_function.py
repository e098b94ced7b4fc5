# rule: import-not-allowed
from pandas import set_option
position = set_option('plotting.backend', 'os')
