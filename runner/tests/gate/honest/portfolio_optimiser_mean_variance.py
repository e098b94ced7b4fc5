def strategy(data):
    close = data.get('etl:adj_close').ffill()
    names = close.iloc[-1].dropna().index[:15]
    returns = close[names].pct_change()
    weights = pd.DataFrame(0.0, index=close.index, columns=close.columns)
    previous = np.full(len(names), 1 / len(names))
    for i in range(120, len(close)):
        if i % 21 == 0:
            window = returns.iloc[i - 120 : i].fillna(0)
            mu, cov = window.mean().values, window.cov().values + np.eye(len(names)) * 1e-6
            try:
                raw = np.linalg.solve(cov, mu)
            except np.linalg.LinAlgError:
                raw = np.linalg.pinv(cov) @ mu
            raw = np.maximum(raw, 0)
            previous = raw / raw.sum() if raw.sum() > 0 else np.full(len(names), 1 / len(names))
        weights.loc[close.index[i], names] = previous
    return weights
