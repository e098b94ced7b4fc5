# rule: attribute-not-allowed
import re
position = re.Scanner([('a', print)]).scan('a')
