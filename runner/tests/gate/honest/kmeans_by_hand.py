import numpy as np
import pandas as pd

def kmeans(points, k, iterations=20, seed=0):
    rng = np.random.default_rng(seed)
    centers = points[rng.choice(len(points), k, replace=False)]
    labels = np.zeros(len(points), dtype=int)
    for _ in range(iterations):
        distance = ((points[:, None, :] - centers[None, :, :]) ** 2).sum(axis=2)
        new = distance.argmin(axis=1)
        if np.array_equal(new, labels):
            break
        labels = new
        centers = np.array([points[labels == j].mean(axis=0) if np.any(labels == j) else centers[j] for j in range(k)])
    return labels, centers

def strategy(data):
    adj = data.get('etl:adj_close')
    ret = adj.pct_change().fillna(0)
    features = pd.concat([ret.mean(), ret.std(), adj.pct_change(60).mean()], axis=1).fillna(0)
    features = (features - features.mean()) / features.std()
    labels, centers = kmeans(features.to_numpy(), k=4)
    cluster = pd.Series(labels, index=adj.columns, name='cluster')
    print(cluster.value_counts().sort_index().to_dict(), np.round(centers, 2).tolist())
    mom = adj.pct_change(60)
    best_in_cluster = mom.T.groupby(cluster).rank(ascending=False).T
    return best_in_cluster <= 2
