# rule: attribute-not-allowed
import contextlib
with contextlib.ExitStack() as stack:
    stack.callback(print)
position = 1
