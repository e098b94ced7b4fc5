# rule: import-not-allowed
from contextlib import redirect_stdout
with redirect_stdout(data):
    position = 1
