# rule: import-not-allowed
import numpy._core._internal as internal
position = internal
