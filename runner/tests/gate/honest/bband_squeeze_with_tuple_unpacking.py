def strategy(data):
    """Bollinger squeeze: buy when the bands are narrow and price leaves them upwards."""
    upper, middle, lower = data.indicator('BBANDS', timeperiod=20, nbdevup=2, nbdevdn=2)
    close: pd.DataFrame = data.get('price:收盤價')
    width = (upper - lower) / middle
    narrow = width < width.rolling(120, min_periods=60).quantile(0.2)
    signal = narrow.shift(1).fillna(False).astype(bool) & (close > upper)
    hold = signal.rolling(10, min_periods=1).max().fillna(0).astype(bool)
    weights = hold.astype(float)
    return weights.div(weights.sum(axis=1).replace(0, np.nan), axis=0).fillna(0.0)
