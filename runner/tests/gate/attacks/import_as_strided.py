# rule: import-not-allowed
from numpy.lib.stride_tricks import as_strided
position = as_strided(np.zeros(1), shape=(1000000,), strides=(8,))
