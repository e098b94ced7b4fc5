# rule: module-as-value
import json as tool
import re as tool
position = tool.loads('1')
