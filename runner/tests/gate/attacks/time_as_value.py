# rule: module-as-value
import time
position = [time]
