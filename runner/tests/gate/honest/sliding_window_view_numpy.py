import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

def strategy(data):
    close = data.get('etl:adj_close')
    values = close.to_numpy(dtype=float)
    n = 20
    windows = sliding_window_view(values, n, axis=0)
    with np.errstate(invalid='ignore', divide='ignore'):
        efficiency = np.abs(windows[:, :, -1] - windows[:, :, 0]) / np.abs(np.diff(windows, axis=2)).sum(axis=2)
    padded = np.full(values.shape, np.nan)
    padded[n - 1:] = efficiency
    ratio = pd.DataFrame(padded, index=close.index, columns=close.columns)
    rising = close > close.shift(n)
    return (ratio > 0.6) & rising
