# rule: attribute-not-allowed
import collections
position = collections._sys.modules
