# rule: attribute-not-allowed
import time
time.clock_settime(0, 0.0)
position = 1
