# rule: import-not-allowed
import numpy.random.mtrand as m
position = m
