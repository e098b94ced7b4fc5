def strategy(data):
    close = data.get('etl:adj_close').ffill()
    entry = close > close.rolling(100).max().shift(1)
    held = np.zeros(close.shape, dtype=bool)
    peak = np.full(close.shape[1], np.nan)
    active = np.zeros(close.shape[1], dtype=bool)
    prices, entries = close.to_numpy(), entry.to_numpy()
    for t in range(len(prices)):
        peak = np.where(active, np.fmax(peak, prices[t]), np.nan)
        stopped = active & (prices[t] < peak * 0.85)
        active = (active & ~stopped) | entries[t]
        peak = np.where(active & np.isnan(peak), prices[t], peak)
        held[t] = active
    return pd.DataFrame(held, index=close.index, columns=close.columns)
