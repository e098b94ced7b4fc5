# rule: attribute-not-allowed
import contextlib
position = contextlib.os.environ
