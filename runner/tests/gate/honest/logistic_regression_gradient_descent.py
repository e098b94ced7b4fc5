import numpy as np
import pandas as pd

def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -30, 30)))

def fit(X, y, lr=0.1, epochs=200, l2=1e-3):
    w = np.zeros(X.shape[1])
    b = 0.0
    for epoch in range(epochs):
        p = sigmoid(X @ w + b)
        grad = X.T @ (p - y) / len(y) + l2 * w
        w -= lr * grad
        b -= lr * float(np.mean(p - y))
        if epoch % 100 == 0:
            loss = -np.mean(y * np.log(p + 1e-12) + (1 - y) * np.log(1 - p + 1e-12))
            print(f'epoch {epoch:>4d}  loss {loss:.4f}')
    return w, b

def strategy(data):
    adj = data.get('etl:adj_close').ffill()
    feats = {
        'mom20': adj.pct_change(20),
        'mom60': adj.pct_change(60),
        'vol20': adj.pct_change().rolling(20).std(),
        'dist': adj / adj.rolling(60).max() - 1,
    }
    target = (adj.shift(-20) / adj - 1).rank(axis=1, pct=True) > 0.5
    split = len(adj) // 2
    long = pd.concat({k: v.iloc[60:split - 20].stack() for k, v in feats.items()}, axis=1).dropna()
    y = target.stack().reindex(long.index).astype(float).to_numpy()
    mean, std = long.mean(), long.std()
    w, b = fit(((long - mean) / std).to_numpy(), y)
    score = sum(((feats[k] - mean[k]) / std[k]) * wi for k, wi in zip(feats, w)) + b
    position = score.rank(axis=1, ascending=False) <= 10
    position.iloc[:split] = False
    return position
