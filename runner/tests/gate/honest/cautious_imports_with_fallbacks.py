try:
    import numpy as np
    HAS_NUMPY = True
except ImportError:
    HAS_NUMPY = False

import contextlib
import pandas as pd
from fractions import Fraction
from statistics import linear_regression, StatisticsError

def trend_of(series):
    values = series.dropna().tolist()
    with contextlib.suppress(StatisticsError, ValueError):
        line = linear_regression(range(len(values)), values)
        return line.slope / (line.intercept or 1.0)
    return 0.0

def strategy(data):
    close = data.get('etl:adj_close')
    if not HAS_NUMPY:
        raise ImportError('numpy is needed')
    ratio = Fraction(0.618).limit_denominator(50)
    print('golden ratio about', ratio, float(ratio))
    out = pd.DataFrame(np.zeros(close.shape, dtype=bool), index=close.index, columns=close.columns)
    for end in range(120, len(close), 60):
        slopes = {s: trend_of(close[s].iloc[end - 60:end]) for s in close.columns}
        best = sorted(slopes.items(), key=lambda kv: -kv[1])[:10]
        out.loc[out.index[end:end + 60], [s for s, _ in best]] = True
    return out
