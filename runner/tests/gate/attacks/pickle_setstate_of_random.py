# rule: attribute-not-allowed
import random
r = random.Random(1)
r.setstate((3, (), None))
position = r
