import numpy as np

def gaussian(x, mean, std):
    return np.exp(-0.5 * ((x - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))

def filtered_probability(returns, stay=0.97, means=(0.0006, -0.001), stds=(0.007, 0.018)):
    transition = np.array([[stay, 1 - stay], [1 - stay, stay]])
    probability = np.array([0.5, 0.5])
    out = []
    for r in returns:
        prior = transition.T.dot(probability)
        likelihood = np.array([gaussian(r, m, s) for m, s in zip(means, stds)])
        posterior = prior * likelihood
        total = posterior.sum()
        probability = posterior / total if total > 0 else prior
        out.append(probability[0])
    return np.asarray(out)

def strategy(data):
    adj = data.get('etl:adj_close')
    market = adj.pct_change().mean(axis=1).fillna(0)
    p = filtered_probability(market.tolist())
    risk_on = pd.Series(p, index=adj.index).gt(0.6)
    winners = adj.pct_change(60).is_largest(10)
    return winners & risk_on
