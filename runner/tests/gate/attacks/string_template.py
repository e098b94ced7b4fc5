# rule: import-not-allowed
from string import Template
position = Template('$x').substitute(x=1)
