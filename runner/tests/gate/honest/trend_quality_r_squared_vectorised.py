def strategy(data):
    close = np.log(data.get('price:收盤價'))
    n = 60
    x = np.arange(n)
    x_mean, x_var = x.mean(), x.var()
    weights = (x - x_mean) / (n * x_var)
    slope = close.rolling(n).apply(lambda y: np.dot(y, weights), raw=True) if close.shape[1] < 5 else sum(
        close.shift(n - 1 - i) * weights[i] for i in range(n)
    )
    r2 = (slope**2 * x_var) / close.rolling(n).var(ddof=0)
    return (slope * r2).rank(axis=1, ascending=False) <= 10
