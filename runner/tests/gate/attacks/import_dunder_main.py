# rule: import-not-allowed
import __main__
position = __main__
