from itertools import combinations
import numpy as np
import pandas as pd

FORMATION = 120
N_PAIRS = 5

def normalise(p):
    return p / p.iloc[0]

def find_pairs(prices):
    norm = normalise(prices.dropna(axis=1, how='any'))
    distances = []
    for a, b in combinations(norm.columns[:20], 2):
        ssd = ((norm[a] - norm[b]) ** 2).sum()
        distances.append((ssd, a, b))
    distances.sort()
    return [(a, b) for _, a, b in distances[:N_PAIRS]]

def strategy(data):
    close = data.get('etl:adj_close')
    position = pd.DataFrame(0.0, index=close.index, columns=close.columns)
    for start in range(FORMATION, len(close), 60):
        window = close.iloc[start - FORMATION:start]
        trading = close.iloc[start:start + 60]
        for a, b in find_pairs(window):
            spread_hist = np.log(window[a] / window[b])
            mu, sd = spread_hist.mean(), spread_hist.std()
            if not sd or np.isnan(sd):
                continue
            z = (np.log(trading[a] / trading[b]) - mu) / sd
            position.loc[trading.index, a] += (z < -1).astype(float)
            position.loc[trading.index, b] += (z > 1).astype(float)
    return position / N_PAIRS
