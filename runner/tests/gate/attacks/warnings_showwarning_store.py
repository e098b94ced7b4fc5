# rule: attribute-store
import warnings
warnings.showwarning = print
position = 1
