import numpy as np

def best_stump(X, y, weight):
    best = (np.inf, 0, 0.0, 1)
    for j in range(X.shape[1]):
        for threshold in np.quantile(X[:, j], np.linspace(0.1, 0.9, 9)):
            for sign in (1, -1):
                guess = np.where(X[:, j] > threshold, sign, -sign)
                error = weight[guess != y].sum()
                if error < best[0]:
                    best = (error, j, threshold, sign)
    return best

def strategy(data):
    adj = data.get('etl:adj_close').ffill()
    names = ['m5', 'm20', 'm60']
    tables = [adj.pct_change(n) for n in (5, 20, 60)]
    future = np.sign(adj.pct_change(10).shift(-10).sub(adj.pct_change(10).shift(-10).median(axis=1), axis=0))
    rows = slice(60, 360, 5) if False else slice(60, 360)
    X = np.column_stack([t.iloc[rows].to_numpy().ravel() for t in tables])
    y = future.iloc[rows].to_numpy().ravel()
    ok = np.isfinite(X).all(axis=1) & np.isfinite(y) & (y != 0)
    X, y = X[ok], y[ok]
    weight = np.full(len(y), 1 / len(y))
    ensemble = []
    for round_number in range(3):
        error, j, threshold, sign = best_stump(X, y, weight)
        alpha = 0.5 * np.log((1 - error) / max(error, 1e-9))
        ensemble.append((alpha, j, threshold, sign))
        guess = np.where(X[:, j] > threshold, sign, -sign)
        weight *= np.exp(-alpha * y * guess)
        weight /= weight.sum()
        print(f'{round_number}: {names[j]} > {threshold:.4f} ({sign:+d}) error={error:.3f}')
    score = sum(a * s * (2 * (tables[j] > t).astype(int) - 1) for a, j, t, s in ensemble)
    return score.rank(axis=1, ascending=False, method='first') <= 10
