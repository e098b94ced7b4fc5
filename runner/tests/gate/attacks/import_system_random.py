# rule: import-not-allowed
from random import SystemRandom
position = SystemRandom().random()
