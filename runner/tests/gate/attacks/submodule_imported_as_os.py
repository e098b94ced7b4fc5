# rule: attribute-not-allowed
from numpy import linalg as os
position = os.system('id')
