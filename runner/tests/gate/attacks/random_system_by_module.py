# rule: attribute-not-allowed
import random
position = random.SystemRandom()
