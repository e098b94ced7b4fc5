# rule: import-not-allowed
from numpy import ndarray
position = ndarray((2,), dtype=object, buffer=np.arange(2))
