# rule: attribute-not-allowed
import statistics
position = statistics.sys.modules
