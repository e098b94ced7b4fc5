# rule: attribute-not-allowed
import calendar
position = calendar.sys.modules
