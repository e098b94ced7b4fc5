import numpy as np
import pandas as pd

def rank_rows(matrix):
    order = np.argsort(np.where(np.isfinite(matrix), matrix, -np.inf), axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(matrix.shape[1])[None, :].repeat(matrix.shape[0], axis=0), axis=1)
    return ranks

close = data.get('etl:adj_close').to_numpy(dtype=np.float64, copy=True)
frame = data.get('etl:adj_close')
log_price = np.log(close, out=np.full_like(close, np.nan), where=close > 0)
r20 = np.full(close.shape, np.nan)
r20[20:] = log_price[20:] - log_price[:-20]
vol = np.full(close.shape, np.nan)
daily = np.diff(log_price, axis=0, prepend=np.nan)
for t in range(60, len(daily)):
    vol[t] = np.nanstd(daily[t - 59:t + 1], axis=0)
score = np.divide(r20, vol, out=np.zeros_like(r20), where=(vol > 0) & np.isfinite(r20))
top = rank_rows(score) >= score.shape[1] - 10
top[:60] = False
print('mean score', np.nanmean(score).round(4), 'dtype', score.dtype, 'bytes', score.nbytes)
position = pd.DataFrame(top, index=frame.index, columns=frame.columns)
