def strategy(data):
    """Avoid lottery stocks: the mean of the five largest daily returns of the month is low."""
    close = data.get('etl:adj_close')
    daily = close / close.shift(1) - 1

    def top_five(window):
        clean = window[~np.isnan(window)]
        if clean.size < 10:
            return np.nan
        return np.sort(clean)[-5:].mean()

    lottery = daily.rolling(21).apply(top_five, raw=True)
    calm = lottery.rank(axis=1, pct=True) < 0.25
    return calm
