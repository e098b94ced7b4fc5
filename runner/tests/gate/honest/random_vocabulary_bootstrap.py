import random
import numpy as np
import pandas as pd

SEED = 42
random.seed(SEED)
np.random.seed(SEED)
rng = np.random.default_rng(SEED)

def bootstrap_mean(x, n=200):
    samples = rng.choice(x, size=(n, len(x)), replace=True)
    return np.percentile(samples.mean(axis=1), [5, 95])

def strategy(data):
    close = data.get('etl:adj_close')
    ret = close.pct_change().mean(axis=1).dropna()
    low, high = bootstrap_mean(ret.to_numpy())
    print(f'90% interval of the mean daily return: [{low:.5f}, {high:.5f}]')
    noise = rng.normal(0, 1e-9, size=close.shape) + rng.standard_t(5, size=close.shape) * 1e-12
    shuffled = rng.permutation(close.columns.to_numpy())
    picks = random.sample(list(close.columns), k=30)
    random.shuffle(picks)
    print(shuffled[:3], picks[:3], random.choice(picks), random.randint(1, 6), round(random.gauss(0, 1), 3), np.random.rand() < 1)
    print(rng.integers(0, 10, 3), rng.uniform(size=2).shape, rng.exponential(1.0), np.random.randint(5), np.random.normal())
    mom = close.pct_change(40) + noise
    return mom[picks].rank(axis=1, ascending=False) <= 8
