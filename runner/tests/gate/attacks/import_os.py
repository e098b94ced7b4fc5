# rule: import-not-allowed
import os
position = os.listdir('/')
