import numpy as np

def hurst(ts, lags=range(2, 20)):
    ts = np.asarray(ts, dtype=float)
    ts = ts[~np.isnan(ts)]
    if ts.size < 100:
        return 0.5
    tau = [np.std(ts[lag:] - ts[:-lag]) for lag in lags]
    if min(tau) <= 0:
        return 0.5
    slope, _ = np.polyfit(np.log(list(lags)), np.log(tau), 1)
    return slope

def strategy(data):
    logp = np.log(data.get('etl:adj_close'))
    h = logp.iloc[:300].apply(hurst)
    trending = h[h >= h.median()].index
    reverting = h.index.difference(trending)
    print(f"H: mean={h.mean():.2f}  trending={len(trending)}  reverting={len(reverting)}")
    up = logp[trending].diff(20) > 0
    down = logp[reverting].diff(5) < -0.03
    return pd.concat([up, down], axis=1)[logp.columns]
