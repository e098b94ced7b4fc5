import numpy as np
import pandas as pd
import heapq

LOOKBACK, HORIZON, K = 10, 5, 15

def forecast(prices):
    r = np.diff(np.log(prices))
    if len(r) < 120 or np.isnan(r).any():
        return np.nan
    now = r[-LOOKBACK:]
    neighbours = []
    for end in range(LOOKBACK, len(r) - HORIZON):
        past = r[end - LOOKBACK:end]
        distance = float(np.sqrt(np.mean((past - now) ** 2)))
        outcome = float(r[end:end + HORIZON].sum())
        heapq.heappush(neighbours, (distance, outcome))
    nearest = heapq.nsmallest(K, neighbours)
    weights = [1 / (1e-9 + d) for d, _ in nearest]
    return sum(w * o for w, (_, o) in zip(weights, nearest)) / sum(weights)

def strategy(data):
    adj = data.get('etl:adj_close')
    position = pd.DataFrame(False, index=adj.index, columns=adj.columns)
    for t in range(200, len(adj), 100):
        window = adj.iloc[t - 200:t]
        scores = window.iloc[:, :15].apply(lambda s: forecast(s.to_numpy()), axis=0).dropna()
        winners = scores.nlargest(5).index
        position.loc[adj.index[t]:adj.index[min(t + 99, len(adj) - 1)], winners] = True
    return position
