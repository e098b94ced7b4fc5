# rule: attribute-not-allowed
import operator
position = operator.__call__(print)
