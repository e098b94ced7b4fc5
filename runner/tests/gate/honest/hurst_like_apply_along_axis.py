import numpy as np

def variance_ratio(x):
    x = x[~np.isnan(x)]
    if x.size < 40:
        return np.nan
    r1 = np.diff(x)
    r5 = x[5:] - x[:-5]
    v1 = np.var(r1)
    return np.var(r5) / (5 * v1) if v1 > 0 else np.nan

def strategy(data):
    close = data.get('etl:adj_close')
    log_close = np.log(close.values)
    half = log_close[: log_close.shape[0] // 2]
    ratio = np.apply_along_axis(variance_ratio, 0, half)
    trending = close.columns[ratio > np.nanmedian(ratio)]
    position = close.pct_change(20).rank(axis=1, pct=True) > 0.8
    return position[trending].reindex(columns=close.columns, fill_value=False)
