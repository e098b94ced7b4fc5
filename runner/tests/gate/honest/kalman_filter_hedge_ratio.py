import numpy as np
import pandas as pd

def kalman(y, x, delta=1e-4, obs_var=1e-3):
    n = y.shape[0]
    state = np.zeros(2)
    cov = np.eye(2)
    noise = delta / (1 - delta) * np.eye(2)
    errors = np.full(n, np.nan)
    deviations = np.full(n, np.nan)
    for t in range(n):
        H = np.array([x[t], 1.0])
        cov = cov + noise
        error = y[t] - H @ state
        s = H @ cov @ H.T + obs_var
        gain = cov @ H / s
        state = state + gain * error
        cov = cov - np.outer(gain, H) @ cov
        errors[t] = error
        deviations[t] = np.sqrt(s)
    return errors, deviations

def strategy(data):
    price = data.get('etl:adj_close').dropna(axis=1)
    first, second = price.columns[0], price.columns[1]
    e, s = kalman(np.log(price[first].to_numpy()), np.log(price[second].to_numpy()))
    long_first = pd.Series(e < -s, index=price.index)
    long_second = pd.Series(e > s, index=price.index)
    return pd.concat({first: long_first, second: long_second}, axis=1)
