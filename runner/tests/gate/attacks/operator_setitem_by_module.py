# rule: attribute-not-allowed
import operator
position = operator.attrgetter('__globals__')(print)
