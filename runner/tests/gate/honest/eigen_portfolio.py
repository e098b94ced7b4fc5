import numpy as np

def strategy(data):
    close = data.get('etl:adj_close').dropna(axis=1, how='any')
    returns = close.pct_change().dropna()
    recent = returns.iloc[-250:]
    covariance = np.cov(recent.values, rowvar=False)
    eigenvalues, eigenvectors = np.linalg.eigh(covariance)
    first = np.abs(eigenvectors[:, -1])
    weights = first / first.sum()
    position = pd.DataFrame(
        np.tile(weights, (len(close), 1)), index=close.index, columns=close.columns
    )
    position[position < np.percentile(weights, 80)] = 0
    return position.div(position.sum(axis=1), axis=0)
