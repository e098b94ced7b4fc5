# rule: attribute-not-allowed
import warnings
position = warnings.sys.modules['os']
